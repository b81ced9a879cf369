using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>A detector window as it was judged.</summary>
/// <param name="Window">The window.</param>
/// <param name="Validation">What its model had measured at validation.</param>
/// <param name="Others">What detectors beside R and p said.</param>
internal sealed record JudgedWindow(DetectorWindow Window, ValidationNumbers Validation, IReadOnlyList<DetectorReading> Others);
