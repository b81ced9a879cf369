namespace RateLimitSuite.Benchmarks.Live;

/// <summary>Milliseconds from a decision to the screen, over decisions that are spread evenly in time.</summary>
internal readonly record struct ScreenLatency(double P50, double P95, double P99)
{
    /// <summary>From drawings: when each was on the screen, and the timestamp of its newest row; Unix milliseconds, in order.</summary>
    public static ScreenLatency Of(IReadOnlyList<(double ShownAt, double Newest)> drawings)
    {
        // A decision at time t shows with the first drawing whose newest row is no older than t.
        var latencies = new List<double>();
        for (var i = 1; i < drawings.Count; i++)
        {
            var (from, to) = (drawings[i - 1].Newest, drawings[i].Newest);
            for (var at = Math.Floor(from) + 1; at <= to; at++)
            {
                latencies.Add(drawings[i].ShownAt - at);
            }
        }

        latencies.Sort();
        return latencies.Count == 0
            ? new ScreenLatency(double.NaN, double.NaN, double.NaN)
            : new ScreenLatency(At(latencies, 0.5), At(latencies, 0.95), At(latencies, 0.99));
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(share * sorted.Count))];
}
