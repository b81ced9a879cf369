namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>What a model measured at its validation; 0: unknown.</summary>
/// <param name="Error">R on the hold-out.</param>
/// <param name="ViolationRate">p of the hold-out's windows.</param>
internal readonly record struct ValidationNumbers(double Error, double ViolationRate);
