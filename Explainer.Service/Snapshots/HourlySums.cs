using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Snapshots;

/// <summary>This run's sums of the hours that are still open.</summary>
/// <remarks>Thread-safe. Bounded: what comes beyond so many models and modes is left out and counted.</remarks>
internal sealed class HourlySums(int features, ExplainerMetrics metrics)
{
    private const int MostOpen = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<HourKey, HourSum> _open = [];

    public void Add(ExplainedDecision explained)
    {
        var hour = new DateTimeOffset(explained.DecidedAt.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        var key = new HourKey(hour, explained.ModelVersion, explained.Mode);
        lock (_lock)
        {
            if (!_open.TryGetValue(key, out var sum))
            {
                if (_open.Count == MostOpen)
                {
                    metrics.Dropped("snapshot_full");
                    return;
                }

                _open.Add(key, sum = new HourSum(features));
            }

            sum.Add(explained);
        }
    }

    /// <summary>Copies of all open sums.</summary>
    public IReadOnlyList<(HourKey Key, HourSum Sum)> Read()
    {
        lock (_lock)
        {
            return [.. _open.Select(open =>
            {
                var copy = new HourSum(features);
                copy.Add(open.Value);
                return (open.Key, copy);
            })];
        }
    }

    /// <summary>Closes what began before a time; a straggler of such an hour would replace its sum, so that should be hours ago.</summary>
    public void CloseBefore(DateTimeOffset hour)
    {
        lock (_lock)
        {
            foreach (var key in _open.Keys.Where(k => k.Hour < hour).ToList())
            {
                _open.Remove(key);
            }
        }
    }
}
