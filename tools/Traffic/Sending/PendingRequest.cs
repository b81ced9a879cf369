using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic.Sending;

/// <summary>A request that waits for its decision.</summary>
/// <param name="Event">What it is.</param>
/// <param name="IsCheck">Whether it only checks the default policy and goes to no backend.</param>
internal readonly record struct PendingRequest(TrafficEvent Event, bool IsCheck);
