using System.Globalization;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the model is better where it drifted, or at least not worse lately: the newest detector windows of the hold-out.</summary>
internal sealed class RecentGate : IOfflineGate
{
    private const int DetectorWindows = 3;
    private const double WorseAllowed = 0.02;

    /// <inheritdoc/>
    public string Name => "recent";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        if (context.ChampionPredictions is not { } champion)
        {
            return new(Name, true, "{}", "there is no champion to compare with");
        }

        var rows = context.Rows;
        var recent = TimeSplit.FirstFrom(rows.Timestamp, rows.Timestamp[^1] - DetectorWindows * context.Profile.DetectorWindow.Ticks);
        var from = Math.Max(context.Split.HoldoutStart, recent);
        var skipped = from - context.Split.HoldoutStart;
        var difference = BlockBootstrap.Difference(
            rows, from, context.HoldoutPredictions.AsSpan(skipped), champion.AsSpan(skipped), BlockBootstrap.BlockOf(rows, from, context.Profile), context.Options.Seed);

        // After drift the champion is what failed there: its successor must be better. Where the champion is good there already,
        // as a refit that has just been promoted is, not being worse is enough.
        var mustImprove = context.Reason == "drift" && difference.Other > HoldoutGate.GoodEnough;
        var limit = mustImprove ? 0 : Math.Max(WorseAllowed * difference.Other, HoldoutGate.GoodEnough - difference.Other);
        var numbers = new Numbers().With("rows", rows.Count - from).With("blocks", difference.Blocks).With("champion_mae", difference.Other)
            .With("difference", difference.Difference).With("lower", difference.Lower).With("upper", difference.Upper).With("limit", limit);
        return GateOutcome.Of(Name, mustImprove ? difference.Upper < limit : difference.Upper <= limit, numbers, string.Create(
            CultureInfo.InvariantCulture, $"R differs from the champion's {difference.Other:F4} by {difference.Difference:F4}, at most {difference.Upper:F4}; limit {limit:F4}"));
    }
}
