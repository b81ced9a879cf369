using System.Globalization;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether predictions stay inside the envelope where no data is: on the fixed edge cases, and by proof over all leaves.</summary>
/// <remarks>The proof bounds every prediction by the sums of the trees' least and greatest leaves. A model that is not proven may
/// pass, as serving clamps and counts; its numbers say so.</remarks>
internal sealed class EnvelopeGate : IOfflineGate
{
    private const int InsideCount = 1_000;

    /// <inheritdoc/>
    public string Name => "envelope";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var (least, greatest) = (context.Options.EnvelopeMinimum, context.Options.EnvelopeMaximum);
        var numbers = new Numbers();
        var outside = new List<string>();
        foreach (var features in EdgeCases.Fixed(context.Rows.Schema))
        {
            var prediction = context.Model.Predictor.Predict(features);
            var name = string.Join(',', features.Select(value => value.ToString(CultureInfo.InvariantCulture)));
            numbers.With(name, prediction);
            if (!(prediction > least && prediction < greatest))
            {
                outside.Add(string.Create(CultureInfo.InvariantCulture, $"({name}) gives {prediction:G6}"));
            }
        }

        var ensemble = context.Model.Ensemble;
        numbers.With("least_leaf_sum", ensemble.MinPrediction).With("greatest_leaf_sum", ensemble.MaxPrediction)
            .With("outside", Elsewhere(context)).With("proven", ensemble.MinPrediction > least && ensemble.MaxPrediction < greatest);
        return GateOutcome.Of(Name, outside.Count == 0, numbers, outside.Count == 0
            ? "every edge case is inside"
            : string.Create(CultureInfo.InvariantCulture, $"{string.Join("; ", outside)}; must be over {least} and under {greatest}"));
    }

    // Serving clamps what leaves the envelope elsewhere, and counts it; how often that may be is told by these.
    private static Numbers Elsewhere(GateContext context)
    {
        var schema = context.Rows.Schema;
        return new Numbers()
            .With("corners", Outside(context, EdgeCases.Corners(schema)))
            .With("inside", Outside(context, EdgeCases.Inside(schema, InsideCount, context.Options.Seed)))
            .With("not_finite", Outside(context, EdgeCases.NotFinite(schema)));
    }

    private static long Outside(GateContext context, IEnumerable<double[]> vectors) => vectors.LongCount(features =>
        !(context.Model.Predictor.Predict(features) is var prediction && prediction > context.Options.EnvelopeMinimum && prediction < context.Options.EnvelopeMaximum));
}
