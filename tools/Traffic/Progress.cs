namespace RateLimitSuite.Traffic;

/// <summary>What happened so far. Written by the runner, read by whoever asks; a lock around both.</summary>
internal sealed class Progress
{
    private const int RecentDecisions = 2_000;
    private const int RecentChecks = 500;

    // The envelope of the default policy, as the Limiter clamps to it.
    private const double LowestRate = 0.001;
    private static readonly double HighestRate = Math.BitDecrement(1000);

    private readonly Lock _lock = new();
    private readonly Queue<string> _versions = new(RecentDecisions);
    private readonly Queue<bool> _checks = new(RecentChecks);
    private readonly Dictionary<string, long> _outcomes = [];
    private long _sent;
    private long _allowed;
    private long _throttled;
    private long _failed;

    /// <summary>Requests that were handed to the Limiter.</summary>
    public void Sent(int count)
    {
        lock (_lock)
        {
            _sent += count;
        }
    }

    /// <summary>Requests that got no decision.</summary>
    public void Failed(int count)
    {
        lock (_lock)
        {
            _failed += count;
        }
    }

    public void Decided(bool allowed, string modelVersion)
    {
        lock (_lock)
        {
            _allowed += allowed ? 1 : 0;
            _throttled += allowed ? 0 : 1;
            Keep(_versions, modelVersion, RecentDecisions);
        }
    }

    /// <summary>A decision under the default policy: is its refill rate the clamped prediction?</summary>
    public void Checked(double prediction, double refillRate)
    {
        lock (_lock)
        {
            Keep(_checks, refillRate == Math.Clamp(prediction, LowestRate, HighestRate), RecentChecks);
        }
    }

    public void Ended(string outcome)
    {
        lock (_lock)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }
    }

    public ProgressReport Report(RunState run)
    {
        lock (_lock)
        {
            return new ProgressReport(
                run.State,
                run.Problem,
                run.Elapsed.TotalSeconds,
                run.Fraction,
                run.Capacity,
                run.CapacityFactor,
                run.Load,
                run.Source,
                _sent,
                _allowed,
                _throttled,
                _failed,
                new Dictionary<string, long>(_outcomes),
                _versions.Count,
                _versions.GroupBy(version => version).ToDictionary(group => group.Key.Length == 0 ? "none" : group.Key, group => group.Count()),
                _checks.Count,
                _checks.Count == 0 ? null : (double)_checks.Count(equal => equal) / _checks.Count,
                run.BadLines,
                run.Faults);
        }
    }

    private static void Keep<T>(Queue<T> queue, T item, int most)
    {
        if (queue.Count == most)
        {
            queue.Dequeue();
        }

        queue.Enqueue(item);
    }
}
