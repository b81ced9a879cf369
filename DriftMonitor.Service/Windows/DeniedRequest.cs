namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>A throttled request that hindsight may find wrong.</summary>
/// <param name="AtUs">Event time of the decision.</param>
/// <param name="Client">Its client in the window.</param>
/// <param name="Arm">Its arm in the window.</param>
/// <param name="Cost">Tokens.</param>
internal readonly record struct DeniedRequest(long AtUs, ClientWindow Client, ArmCounts Arm, double Cost);
