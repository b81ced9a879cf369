namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>What one window alone says about a backend's capacity, tokens/s.</summary>
/// <param name="Lower">The backend can do at least this.</param>
/// <param name="Upper">And at most this; +∞ where nothing showed a limit.</param>
/// <param name="Congested">A queue stood through the whole window, or failures were many: completions were the capacity.</param>
/// <param name="Limited">Somebody was throttled who would have sent more.</param>
internal readonly record struct CapacityEvidence(double Lower, double Upper, bool Congested, bool Limited)
{
    /// <summary>Nothing was seen.</summary>
    public static CapacityEvidence None { get; } = new(0, double.PositiveInfinity, false, false);

    /// <summary>Reads the evidence of one window.</summary>
    /// <param name="seen">What completed in it.</param>
    /// <param name="length">Its length, s.</param>
    /// <param name="baseLatency">Latency without a queue, s; NaN while unknown.</param>
    /// <remarks>A rate counted from n completions is only known within about 1/√n, so bounds keep that distance:
    /// without it the largest of many noisy windows would be taken for the capacity.</remarks>
    public static CapacityEvidence Of(in WindowCompletions seen, double length, double baseLatency)
    {
        var rate = seen.CompletedCost / length;
        if (seen.Completed == 0)
        {
            return None with { Limited = seen.Limited };
        }

        var noise = 1 / Math.Sqrt(seen.Completed);
        if (!seen.IsCongested(baseLatency))
        {
            return new(rate * Math.Max(0, 1 - noise), double.PositiveInfinity, false, seen.Limited);
        }

        var margin = Math.Min(0.5, Math.Max(0.02, noise));
        return new(rate * (1 - margin), rate * (1 + margin), true, seen.Limited);
    }
}
