namespace RateLimitSuite.Traffic.Sources;

/// <summary>One request of a log or of made traffic.</summary>
/// <param name="At">Since the log's first request.</param>
/// <param name="Client">Who asks.</param>
/// <param name="Bytes">Size of the response in the log; NaN: not known.</param>
/// <param name="LatencySeconds">As recorded; NaN: not known.</param>
/// <param name="Status">HTTP status as recorded; 0: not known.</param>
internal readonly record struct TrafficEvent(TimeSpan At, string Client, double Bytes, double LatencySeconds, int Status);
