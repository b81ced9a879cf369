using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Tells who is throttled now from counters since the limiter's start.</summary>
/// <remarks>Over some ten seconds: shorter, a client that is throttled twice a minute would come and go. Not thread-safe.</remarks>
internal sealed class ThrottledNow
{
    private static readonly TimeSpan Over = TimeSpan.FromSeconds(10);
    private const int MostReadings = 16;

    private readonly Queue<(DateTimeOffset At, Dictionary<string, ulong> Throttled)> _readings = [];

    /// <summary>Takes a reading in, and gives those whose counter rose, the most throttled first.</summary>
    public IReadOnlyList<ThrottledClient> Read(DateTimeOffset now, IReadOnlyList<ClientStatus> clients)
    {
        while (_readings.Count > 1 && (now - _readings.Peek().At > Over || _readings.Count >= MostReadings))
        {
            _readings.Dequeue();
        }

        var before = _readings.Count > 0 ? _readings.Peek() : default;
        _readings.Enqueue((now, clients.GroupBy(c => c.ClientId).ToDictionary(g => g.Key, g => g.First().Throttled)));
        var seconds = (now - before.At).TotalSeconds;
        return before.Throttled is null || seconds <= 0
            ? []
            : [.. clients
                .Where(c => before.Throttled.TryGetValue(c.ClientId, out var earlier) && c.Throttled > earlier)   // Less: the limiter was started anew.
                .Select(c => new ThrottledClient(c.ClientId, c.RequestsPerSecond, (c.Throttled - before.Throttled[c.ClientId]) / seconds, c.RefillRate))
                .OrderByDescending(c => c.ThrottledPerSecond)];
    }
}
