namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>What the limiter would have made of recorded traffic.</summary>
/// <param name="Windows">By window, oldest first.</param>
/// <param name="P99">99th percentile of the latency of what was admitted, s.</param>
internal sealed record ReplayResult(IReadOnlyList<ReplayWindow> Windows, double P99)
{
    private const double OneSided95 = 1.645;

    // A window's queue goes over into the next, so windows are worth about half as many that know nothing of each other.
    private const double Follow = 2;

    /// <summary>Share of requests served within the objective.</summary>
    public double Goodput => Share(window => window.Good);

    /// <summary>Wrongly throttled of all.</summary>
    public double ViolationRate => Share(window => window.Wrong);

    /// <summary>Served too late of all.</summary>
    public double LateShare => Share(window => window.Late);

    /// <summary>Kept from clients within their fair shares, of all.</summary>
    public double KeptShare => Share(window => window.Kept);

    /// <summary>As numbers of a gate.</summary>
    public Numbers ToNumbers() => new Numbers().With("requests", (long)Windows.Sum(window => window.Asked)).With("goodput", Goodput)
        .With("violation_rate", ViolationRate).With("late_share", LateShare).With("kept_share", KeptShare).With("p99_s", P99);

    /// <summary>Whether a share of all requests is higher than in another replay of the same requests, by more than is allowed and than chance explains.</summary>
    /// <param name="other">The other.</param>
    /// <param name="count">Counts in a window.</param>
    /// <param name="allowed">Difference of shares that does not matter.</param>
    public bool IsHigher(ReplayResult other, Func<ReplayWindow, double> count, double allowed)
    {
        var differences = Windows.Zip(other.Windows, (mine, theirs) => count(mine) - count(theirs)).ToArray();
        var asked = Math.Max(1, Windows.Sum(window => window.Asked));
        var mean = differences.Average();
        var variance = differences.Sum(d => (d - mean) * (d - mean)) / Math.Max(1, differences.Length - 1);
        var difference = differences.Sum() / asked;
        return difference > allowed && difference > OneSided95 * Math.Sqrt(Follow * variance * differences.Length) / asked;
    }

    private double Share(Func<ReplayWindow, double> count) => Windows.Sum(count) / Math.Max(1, Windows.Sum(window => window.Asked));
}
