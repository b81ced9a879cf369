namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>A test that needs a program of this machine; skipped, naming it, where that is not installed.</summary>
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
