using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Tells who is throttled now, from explanations as they stream by, each counted for as many decisions as it stands for.</summary>
/// <remarks>Counts fade by a time constant of five seconds, so that a rate is of the last seconds and nobody has to be swept out in time.
/// Bounded; clients beyond the bound are left out until others have faded. Not thread-safe: its owner holds a lock.</remarks>
internal sealed class ThrottleTally(TimeProvider time)
{
    private const int MostClients = 4_096;
    private const double FadesOverSeconds = 5;

    // One throttled request counts 0.2/s at first, and is forgotten after some seven seconds.
    private const double LeastPerSecond = 0.05;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Entry> _clients = new(StringComparer.Ordinal);
    private long _sweptAt = time.GetTimestamp();

    /// <summary>Counts an explained decision.</summary>
    public void Add(ShapValues values)
    {
        var now = time.GetTimestamp();
        if (!_clients.TryGetValue(values.ClientId, out var entry) && !HasRoom(now))
        {
            return;
        }

        var kept = Fading(entry, now);
        var decisions = values.Sampled > 0 ? 1 / values.Sampled : 1;
        _clients[values.ClientId] = new Entry(
            (entry.Offered * kept) + decisions, (entry.Throttled * kept) + (values.Allowed ? 0 : decisions), values.RefillRate, now);
    }

    /// <summary>Those who are throttled now, the most throttled first.</summary>
    public IReadOnlyList<ThrottledClient> Top(int most)
    {
        var now = time.GetTimestamp();
        return [.. _clients
            .Select(c => (Id: c.Key, c.Value, Rate: c.Value.Throttled * Fading(c.Value, now) / FadesOverSeconds))
            .Where(c => c.Rate >= LeastPerSecond)
            .OrderByDescending(c => c.Rate).ThenBy(c => c.Id, StringComparer.Ordinal)
            .Take(most)
            .Select(c => new ThrottledClient(c.Id, c.Value.Offered * Fading(c.Value, now) / FadesOverSeconds, c.Rate, c.Value.RefillRate))];
    }

    private bool HasRoom(long now)
    {
        if (_clients.Count < MostClients)
        {
            return true;
        }

        if (time.GetElapsedTime(_sweptAt, now) < SweepEvery)
        {
            return false;
        }

        _sweptAt = now;
        foreach (var (id, entry) in _clients)
        {
            if (entry.Offered * Fading(entry, now) / FadesOverSeconds < LeastPerSecond)
            {
                _clients.Remove(id);
            }
        }

        return _clients.Count < MostClients;
    }

    private double Fading(in Entry entry, long now) => Math.Exp(-time.GetElapsedTime(entry.At, now).TotalSeconds / FadesOverSeconds);

    private readonly record struct Entry(double Offered, double Throttled, double RefillRate, long At);
}
