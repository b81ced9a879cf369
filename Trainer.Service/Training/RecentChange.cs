using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>From when on rows tell what holds now: how much of the past a refit of the champion should learn from.</summary>
/// <remarks>
/// A trip says that something changed, not when; rows of before it teach what no longer holds. The champion is refitted to pasts of
/// several lengths, each is asked for the rows that came after, and the one that errs least there says how far back the present reaches.
/// Of pasts that are nearly as good the longest is taken, as more rows are the better guide. The rows asked come before the hold-out,
/// which gates alone see.
/// </remarks>
/// <param name="From">First row of that past.</param>
/// <param name="At">Its time, UTC ticks.</param>
/// <param name="Split">Rows of it to fit to, and the hold-out.</param>
/// <param name="IsLater">Whether rows before it were tried as well and misled.</param>
/// <param name="Error">R on the rows asked; NaN: there were too few to ask.</param>
internal sealed record RecentChange(int From, long At, TimeSplit Split, bool IsLater, double Error)
{
    /// <summary>Whether no past tells what came after it: the change is so recent that too few rows came since.</summary>
    public bool IsTooRecent => !(Error <= HoldoutGate.GoodEnough);

    private const int RowsMinimum = 200;          // of a fit; as few as a detector judges
    private const int HoldoutRowsMinimum = 50;
    private const double NearlyAsGood = 1.1;

    // In detector windows.
    private static readonly double[] Pasts = [12, 6, 3, 2, 1.5, 1];
    private const double HeldOut = 0.4;
    private const double Asked = 0.4;

    /// <summary>Finds it; null: too few rows.</summary>
    /// <param name="champion">Whose structure is refitted.</param>
    /// <param name="rows">Everything that was read.</param>
    /// <param name="learningRate">That the champion was trained with.</param>
    /// <param name="profile">Length of windows.</param>
    /// <param name="cancellationToken">Seen between trees.</param>
    public static RecentChange? Find(TreeEnsemble champion, MetricsRows rows, double learningRate, LoopProfile profile, CancellationToken cancellationToken)
    {
        var detector = profile.DetectorWindow.Ticks;
        var cut = rows.Timestamp[^1] - (long)(HeldOut * detector);
        var split = TimeSplit.At(rows, cut, profile);
        if (rows.Count - split.HoldoutStart < HoldoutRowsMinimum || split.TrainEnd == 0)
        {
            return null;
        }

        var asked = TimeSplit.FirstFrom(rows.Timestamp, rows.Timestamp[split.TrainEnd - 1] - (long)(Asked * detector));
        var weights = SampleWeights.Of(rows, split.TrainEnd).Weights;
        var tried = new List<(int From, double Error)>();
        foreach (var past in Pasts)
        {
            var from = TimeSplit.FirstFrom(rows.Timestamp, rows.Timestamp[^1] - (long)(past * detector));
            if (asked - from >= RowsMinimum && (tried.Count == 0 || from > tried[^1].From))
            {
                var refit = LeafRefit.Fit(champion, rows, from, weights[..asked], learningRate, cancellationToken);
                var predictions = Predictions.Of(Predictor.Compile(refit), rows, asked, split.TrainEnd);
                tried.Add((from, Predictions.Error(rows, asked, predictions).Value));
            }
        }

        if (tried.Count == 0)
        {
            // Too few to choose by; those that there are may do.
            var from = Math.Max(0, split.TrainEnd - (2 * RowsMinimum));
            return split.TrainEnd - from < RowsMinimum ? null : new(from, rows.Timestamp[from], split, IsLater: false, double.NaN);
        }

        var limit = NearlyAsGood * tried.Min(one => one.Error);
        var best = tried.FindIndex(one => one.Error <= limit || !(limit >= 0));
        return new(tried[best].From, rows.Timestamp[tried[best].From], split, IsLater: best > 0, tried[best].Error);
    }
}
