namespace RateLimitSuite.Traffic.Sources;

/// <summary>What a log amounts to, found by reading it once.</summary>
/// <param name="Events">Requests.</param>
/// <param name="Span">From the first to the end of the last second.</param>
internal readonly record struct LogShape(long Events, TimeSpan Span)
{
    /// <summary>Requests/s at the log's own pace.</summary>
    public double Rate => Events / Span.TotalSeconds;

    public static async Task<LogShape> OfAsync(LogReader reader, CancellationToken cancellationToken)
    {
        long events = 0;
        var last = TimeSpan.Zero;
        await foreach (var request in reader.ReadAsync(cancellationToken))
        {
            events++;
            last = request.At;
        }

        return new LogShape(events, TimeSpan.FromSeconds(Math.Floor(last.TotalSeconds) + 1));
    }

    /// <summary>Copies that bring at least a rate at a speed.</summary>
    public int CopiesFor(double rate, double speed) => (int)Math.Clamp(Math.Ceiling(rate / (Rate * speed)), 1, 1_000);
}
