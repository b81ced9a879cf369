using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Tests;

/// <summary>Listens to nobody.</summary>
internal sealed class NoProgress : IRunProgress
{
    public void Report(string step, double fraction, string message, string version = "")
    {
    }
}
