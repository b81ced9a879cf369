namespace RateLimitSuite.Limiter.Control;

/// <summary>The latency of a backend without a queue, RTT0: the least 10th percentile of any window in ten minutes.</summary>
/// <remarks>Falls at once; rises by at most 1 % a minute, so that a queue which never empties is not soon taken for the base.
/// Never above half the SLO. Not thread-safe.</remarks>
internal sealed class BaseLatency(TimeSpan slo)
{
    private const int OutcomesToFix = 100;
    // The 10th percentile of fewer is their least, and the least of many such windows is far below any that a backend keeps to.
    private const int OutcomesOfAPercentile = 20;
    private const double RisePerMinute = 1.01;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    // Ascending in both: a window that is slower than a later one can never be the minimum again.
    private readonly LinkedList<(TimeSpan At, double Seconds)> _minima = new();
    private readonly double _mostSeconds = slo.TotalSeconds / 2;
    private TimeSpan _updatedAt;
    private long _outcomes;

    /// <summary>Seconds; 0 until 100 outcomes have fixed it.</summary>
    public double Seconds { get; private set; }

    /// <summary>Adds a window's 10th percentile.</summary>
    /// <param name="end">When the window ended.</param>
    /// <param name="seconds">Its 10th percentile of latency.</param>
    /// <param name="outcomes">Latencies that it was taken of.</param>
    public void Add(TimeSpan end, double seconds, int outcomes)
    {
        _outcomes += outcomes;
        if (outcomes < OutcomesOfAPercentile && Seconds > 0)
        {
            return;
        }

        while (_minima.Last is { } last && last.Value.Seconds >= seconds)
        {
            _minima.RemoveLast();
        }

        _minima.AddLast((end, seconds));
        while (_minima.First is { } first && first.Value.At < end - Memory)
        {
            _minima.RemoveFirst();
        }

        var minutes = (end - _updatedAt).TotalMinutes;
        _updatedAt = end;
        if (_outcomes < OutcomesToFix)
        {
            return;
        }

        var least = Math.Min(_minima.First!.Value.Seconds, _mostSeconds);
        Seconds = Seconds == 0 ? least : Math.Min(least, Seconds * Math.Pow(RisePerMinute, Math.Max(0, minutes)));
    }

    /// <summary>Takes a latency as the base: what stood above the old one proved to be no queue.</summary>
    public void Rebase(TimeSpan at, double seconds)
    {
        _minima.Clear();
        _minima.AddLast((at, seconds));
        Seconds = Math.Min(seconds, _mostSeconds);
    }
}
