namespace RateLimitSuite.Explainer.Tests.Pictures;

/// <summary>A test that needs rsvg-convert; skipped, saying so, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RsvgFactAttribute : FactAttribute
{
    public RsvgFactAttribute()
    {
        if (!File.Exists("/usr/bin/rsvg-convert"))
        {
            Skip = "rsvg-convert is not there; tests/setup.sh.d/chromium.sh installs it.";
        }
    }
}
