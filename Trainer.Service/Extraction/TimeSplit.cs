using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Extraction;

/// <summary>Training rows before hold-out rows, by time, with a gap between them.</summary>
/// <param name="TrainEnd">Rows 0..TrainEnd-1 are trained on.</param>
/// <param name="HoldoutStart">Rows HoldoutStart.. are held out.</param>
internal readonly record struct TimeSplit(int TrainEnd, int HoldoutStart)
{
    // A label is made of the three windows after the row's own, so a row closer than that shares its truth with the hold-out.
    private const int EmbargoWindows = 4;

    /// <summary>Splits rows that are sorted by time.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="profile">Says how much is held out.</param>
    /// <param name="first">Whether there was no model before: then a share is held out, as a day may be all there is.</param>
    public static TimeSplit Of(MetricsRows rows, LoopProfile profile, bool first)
    {
        if (rows.Count == 0)
        {
            return default;
        }

        return first || profile.HoldoutSpan <= TimeSpan.Zero
            ? ByShare(rows, 0, profile)
            : At(rows, rows.Timestamp[^1] - profile.HoldoutSpan.Ticks, profile);
    }

    /// <summary>Splits rows of which those since a change tell what holds now: the newest share of these is held out, where that is later than usual,
    /// as the usual hold-out may keep all of them from training.</summary>
    public static TimeSplit Since(MetricsRows rows, int change, LoopProfile profile)
    {
        var usual = Of(rows, profile, first: false);
        var late = ByShare(rows, change, profile);
        return late.TrainEnd > Math.Max(change, usual.TrainEnd) ? late : usual;
    }

    /// <summary>Holds out the newest share of the rows from <paramref name="from"/> on, which there must be.</summary>
    public static TimeSplit ByShare(MetricsRows rows, int from, LoopProfile profile) =>
        At(rows, rows.Timestamp[from + (int)((rows.Count - 1 - from) * (1 - profile.HoldoutShare))], profile);

    /// <summary>Holds out the rows from a time on.</summary>
    internal static TimeSplit At(MetricsRows rows, long cut, LoopProfile profile) =>
        new(FirstFrom(rows.Timestamp, cut - EmbargoWindows * profile.Window.Ticks), FirstFrom(rows.Timestamp, cut));

    /// <summary>The first row at or after a time. A window's rows share their timestamp, so no window is on both sides of it.</summary>
    internal static int FirstFrom(List<long> sorted, long at)
    {
        int low = 0, high = sorted.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
