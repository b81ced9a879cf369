namespace RateLimitSuite.Airgap.Telemetry.Tests;

/// <summary>A test against Prometheus' own programs; skipped, naming the program, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute(string program)
    {
        Program = program;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Skip = $"{program} is not on PATH; tests/setup.sh.d/prometheus.sh installs it.";
        }
    }

    public string Program { get; }
}
