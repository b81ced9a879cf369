namespace RateLimitSuite.Observability.Tests;

/// <summary>A test against a program of Prometheus; skipped, naming it, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        Program = program;
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Skip = $"{program} is not on PATH; tests/setup.sh.d/prometheus.sh installs it.";
        }
    }

    public string Program { get; }
}
