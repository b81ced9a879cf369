using System.Globalization;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether predictions stay inside the envelope where no data is: on the fixed edge cases, and by proof over all leaves.</summary>
/// <remarks>The proof bounds every prediction by the sums of the trees' least and greatest leaves. A model that is not proven may
/// pass, as serving clamps and counts; its numbers say so.</remarks>
internal sealed class EnvelopeGate : IOfflineGate
{
    // Volume (requests/s), latency (s), risk, hour.
    private static readonly double[][] EdgeCases = [[0, 0.1, 0, 0], [5000, 2.5, 0.9, 23]];

    // Size (bytes), reputation.
    private static readonly double[][] Callers = [[0, 1], [1e6, 0]];

    /// <inheritdoc/>
    public string Name => "envelope";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var (least, greatest) = (context.Options.EnvelopeMinimum, context.Options.EnvelopeMaximum);
        var numbers = new Numbers();
        var outside = new List<string>();
        foreach (var features in Cases(context.Rows.Schema))
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
            .With("proven", ensemble.MinPrediction > least && ensemble.MaxPrediction < greatest);
        return GateOutcome.Of(Name, outside.Count == 0, numbers, outside.Count == 0
            ? "every edge case is inside"
            : string.Create(CultureInfo.InvariantCulture, $"{string.Join("; ", outside)}; must be over {least} and under {greatest}"));
    }

    /// <summary>The fixed edge cases, appended features at their defaults.</summary>
    internal static IEnumerable<double[]> Cases(FeatureSchema schema) =>
        from edge in EdgeCases
        from caller in Callers
        select (double[])[.. edge, .. caller, .. schema.Features.Skip(edge.Length + caller.Length).Select(feature => feature.Default)];
}
