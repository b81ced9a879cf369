using System.Globalization;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the model errs no more on rows after its training's than what is in use.</summary>
/// <remarks>The paired difference's interval stands in the numbers; it does not decide, as a few blocks make it wide.</remarks>
internal sealed class HoldoutGate : IOfflineGate
{
    /// <summary>R up to which a model is good enough whatever the champion's.</summary>
    internal const double GoodEnough = 0.15;

    /// <summary>How much worse than the champion a model may be.</summary>
    internal const double ChampionFactor = 1.05;

    /// <inheritdoc/>
    public string Name => "holdout";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var from = context.Split.HoldoutStart;
        var candidate = Predictions.Error(context.Rows, from, context.HoldoutPredictions);
        var withoutModel = Predictions.ErrorWithoutModel(context.Rows, from);
        var numbers = new Numbers()
            .With("mae", candidate.Value).With("lower", candidate.Lower(Registry95)).With("upper", candidate.Upper(Registry95)).With("rows", candidate.Count)
            .With("no_model_mae", withoutModel.Value);
        var limit = withoutModel.Value;
        if (context.ChampionPredictions is { } predictions)
        {
            var champion = Predictions.Error(context.Rows, from, predictions);
            limit = Math.Max(GoodEnough, ChampionFactor * champion.Value);
            var difference = BlockBootstrap.Difference(
                context.Rows, from, context.HoldoutPredictions, predictions, BlockBootstrap.BlockOf(context.Rows, from, context.Profile), context.Options.Seed);
            numbers.With("champion_mae", champion.Value).With("difference", difference.Difference).With("difference_lower", difference.Lower)
                .With("difference_upper", difference.Upper).With("blocks", difference.Blocks);
        }

        numbers.With("limit", limit);
        var against = context.Champion is null ? "no model" : "the champion";
        return GateOutcome.Of(Name, candidate.Value <= limit, numbers, string.Create(
            CultureInfo.InvariantCulture, $"R {candidate.Value:F4} on {candidate.Count} rows, limit {limit:F4} against {against}"));
    }

    private const double Registry95 = RateLimitSuite.Registry.RelativeError.TwoSided95;
}
