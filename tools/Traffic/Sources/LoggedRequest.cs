namespace RateLimitSuite.Traffic.Sources;

/// <summary>One request as a log has it.</summary>
/// <param name="UnixMilliseconds">When, UTC.</param>
/// <param name="Client">Who asked.</param>
/// <param name="Bytes">Size; NaN: not known.</param>
/// <param name="LatencySeconds">NaN: not known.</param>
/// <param name="Status">0: not known.</param>
internal readonly record struct LoggedRequest(long UnixMilliseconds, string Client, double Bytes, double LatencySeconds, int Status);
