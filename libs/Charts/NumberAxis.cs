namespace RateLimitSuite.Charts;

/// <summary>A number axis with round ticks: steps of 1, 2 or 5 times a power of ten.</summary>
/// <param name="From">The lowest tick.</param>
/// <param name="To">The highest tick.</param>
/// <param name="Ticks">All of them, ascending, at least two.</param>
public sealed record NumberAxis(double From, double To, IReadOnlyList<double> Ticks)
{
    /// <summary>The axis with about <paramref name="count"/> ticks that covers a range.</summary>
    /// <param name="low">Least value; not finite counts as 0.</param>
    /// <param name="high">Greatest value; not greater than <paramref name="low"/> gives a range of 1.</param>
    /// <param name="count">Ticks wished for, 2 or more.</param>
    public static NumberAxis Covering(double low, double high, int count = 5)
    {
        low = double.IsFinite(low) ? low : 0;
        high = double.IsFinite(high) ? high : low;
        if (!(high - low > 1e-12 * Math.Max(1, Math.Abs(low))))
        {
            high = low + 1;
        }

        var step = NiceStep((high - low) / (Math.Max(2, count) - 1));
        var first = Math.Floor((low / step) + 1e-9);
        var last = Math.Ceiling((high / step) - 1e-9);
        var ticks = new double[(int)(last - first) + 1];
        for (var i = 0; i < ticks.Length; i++)
        {
            ticks[i] = Clean((first + i) * step);
        }

        return new NumberAxis(ticks[0], ticks[^1], ticks);
    }

    /// <summary>The least of 1, 2, 5 × 10ⁿ that is no less than a step.</summary>
    internal static double NiceStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var lead = step / power;
        return power * (lead <= 1 + 1e-9 ? 1 : lead <= 2 + 1e-9 ? 2 : lead <= 5 + 1e-9 ? 5 : 10);
    }

    // 3 × 0.1 is 0.30000000000000004, which nobody wants to read.
    private static double Clean(double value) => value == 0 ? 0 : double.Parse(value.ToString("G12", Invariant.Culture), Invariant.Culture);
}
