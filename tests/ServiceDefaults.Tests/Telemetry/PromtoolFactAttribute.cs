namespace RateLimitSuite.ServiceDefaults.Tests.Telemetry;

/// <summary>A test against Prometheus' own linter; skipped, by name, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "promtool"))))
        {
            Skip = "promtool is not on PATH; tests/setup.sh.d/prometheus.sh installs it.";
        }
    }
}
