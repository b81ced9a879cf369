namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>One throttled request.</summary>
/// <param name="Client">Position of its client.</param>
/// <param name="Cost">Tokens.</param>
internal readonly record struct Denial(int Client, double Cost);
