namespace RateLimitSuite.Trainer.Runs;

/// <summary>Told how a run goes.</summary>
internal interface IRunProgress
{
    /// <summary>Says where the run is.</summary>
    /// <param name="step">As the protocol spells it.</param>
    /// <param name="fraction">Of the step, 0..1.</param>
    /// <param name="message">In words.</param>
    /// <param name="version">The model it is about; empty: none yet.</param>
    void Report(string step, double fraction, string message, string version = "");
}
