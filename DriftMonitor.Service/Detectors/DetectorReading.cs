namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>What one detector says after a window.</summary>
/// <param name="Name">mae, violation, ewma, cusum, page_hinkley, adwin, psi:feature, attribution or probes.</param>
/// <param name="Statistic">What it measures.</param>
/// <param name="Limit">What it holds that against.</param>
/// <param name="Firing">Whether it calls drift.</param>
/// <param name="Ready">Whether it has enough data to speak.</param>
/// <param name="Retrains">Whether its word alone starts a retraining; the others only warn.</param>
/// <param name="Note">In words.</param>
internal sealed record DetectorReading(string Name, double Statistic, double Limit, bool Firing, bool Ready, bool Retrains, string Note = "");
