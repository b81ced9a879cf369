using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Passes a fraction on as progress of one step, a percent at a time.</summary>
internal sealed class StepFraction(IRunProgress progress, string step, string message) : IProgress<double>
{
    private const double Grain = 0.01;
    private double _said;

    /// <inheritdoc/>
    public void Report(double value)
    {
        if (value >= 1 || value - _said >= Grain)
        {
            _said = value;
            progress.Report(step, value, message);
        }
    }
}
