namespace RateLimitSuite.Dashboard.Tests.Browser;

/// <summary>A test in a real browser; skipped, saying so, where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public const string Executable = "/usr/bin/chromium";

    public BrowserFactAttribute()
    {
        if (!File.Exists(Executable))
        {
            Skip = $"{Executable} is not there; tests/setup.sh.d/chromium.sh installs it.";
        }
    }
}
