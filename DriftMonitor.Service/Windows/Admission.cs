namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>An admitted request whose outcome may still come.</summary>
/// <param name="Window">The window of its decision.</param>
/// <param name="Client">Its client there.</param>
/// <param name="Arm">Its arm there.</param>
/// <param name="DecidedAtUs">Event time of the decision.</param>
/// <param name="Cost">Tokens.</param>
/// <param name="Probe">Whether it was a probe.</param>
/// <param name="Propensity">Probability with which it became one; 0: it is none.</param>
internal sealed record Admission(BackendWindow Window, ClientWindow Client, ArmCounts Arm, long DecidedAtUs, double Cost, bool Probe, double Propensity)
{
    /// <summary>Whether its outcome is known.</summary>
    public bool Reported { get; set; }
}
