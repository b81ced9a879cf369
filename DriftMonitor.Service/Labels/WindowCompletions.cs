namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>What a backend completed within one window, by completion time.</summary>
/// <param name="Completed">Non-failed completions.</param>
/// <param name="CompletedCost">Their cost, tokens, scaled up for outcomes that were never reported.</param>
/// <param name="Failed">Server errors, time-outs and shed requests.</param>
/// <param name="MinimumLatency">Smallest latency of a non-failed completion, s; NaN without one.</param>
/// <param name="Limited">Whether somebody was throttled in the window.</param>
internal readonly record struct WindowCompletions(long Completed, double CompletedCost, long Failed, double MinimumLatency, bool Limited)
{
    /// <summary>Over this multiple of the base latency even the luckiest request has waited: a queue stands.</summary>
    public const double QueueFactor = 1.35;

    /// <summary>Share of failures above which a backend counts as overloaded.</summary>
    public const double FailureLimit = 0.05;

    // The smallest of few latencies is large by chance.
    private const int LeastForQueue = 20;

    /// <summary>Whether a standing queue or failures show that the backend was at its capacity.</summary>
    public bool IsCongested(double baseLatency)
    {
        var all = Completed + Failed;
        if (all < LeastForQueue)
        {
            return false;
        }

        // The minimum, as ordinary bursts lift the mean again and again.
        return (Completed >= LeastForQueue && MinimumLatency > QueueFactor * baseLatency) || Failed > FailureLimit * all;
    }
}
