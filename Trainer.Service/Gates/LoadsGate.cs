using System.Globalization;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.LightGbm;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether what serves the model computes what LightGBM trained: same text, same leaves, same scores, same features.</summary>
internal sealed class LoadsGate : IOfflineGate
{
    private const double Tolerance = 1e-12;
    private const int RowsMaximum = 20_000;

    /// <inheritdoc/>
    public string Name => "loads";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var numbers = new Numbers().With("bytes", context.Text.Length);
        try
        {
            var fault = Fault(context, numbers, cancellationToken);
            return GateOutcome.Of(Name, fault is null, numbers, fault ?? "the serving reader agrees with LightGBM");
        }
        catch (Exception error) when (error is ModelFormatException or LightGbmException or NotSupportedException)
        {
            return GateOutcome.Of(Name, false, numbers, error.Message);
        }
    }

    private static string? Fault(GateContext context, Numbers numbers, CancellationToken cancellationToken)
    {
        var ensemble = context.Model.Ensemble;
        if (!ensemble.FeatureNames.SequenceEqual(context.Rows.Schema.Names))
        {
            return $"its features are {string.Join(", ", ensemble.FeatureNames)}; the schema's are {string.Join(", ", context.Rows.Schema.Names)}";
        }

        if (!Encoding.UTF8.GetBytes(ensemble.ToLightGbmText()).AsSpan().SequenceEqual(context.Text))
        {
            return "written again, its text differs from what was read";
        }

        using var booster = Booster.Load(context.TextCharacters);
        return CompareRows(context, booster, SampleRows(context.Rows), numbers, cancellationToken);
    }

    // Row-major: the rows themselves, evenly taken, and the edge cases.
    private static double[] SampleRows(MetricsRows rows)
    {
        var count = Math.Min(rows.Count, RowsMaximum);
        double[][] edges = [.. EdgeCases.Fixed(rows.Schema)];
        var sample = new double[(count + edges.Length) * rows.Schema.Count];
        for (var i = 0; i < count; i++)
        {
            rows.CopyFeatures((int)((long)i * rows.Count / count), sample.AsSpan(i * rows.Schema.Count, rows.Schema.Count));
        }

        for (var i = 0; i < edges.Length; i++)
        {
            edges[i].CopyTo(sample.AsSpan((count + i) * rows.Schema.Count));
        }

        return sample;
    }

    private static string? CompareRows(GateContext context, Booster booster, double[] sample, Numbers numbers, CancellationToken cancellationToken)
    {
        var predictor = context.Model.Predictor;
        var matrix = FeatureMatrix.OfRows(sample, predictor.FeatureCount);
        var parameters = new LightGbmParameters { { "num_threads", context.Job.Parameters.Threads } };
        var scores = booster.Predict(matrix, PredictionKind.Raw, parameters);
        var nativeLeaves = booster.Predict(matrix, PredictionKind.Leaf, parameters);
        Span<int> leaves = new int[predictor.TreeCount];
        double worst = 0;
        for (var row = 0; row < matrix.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var features = sample.AsSpan(row * predictor.FeatureCount, predictor.FeatureCount);
            predictor.PredictLeaves(features, leaves);
            for (var tree = 0; tree < leaves.Length; tree++)
            {
                if (leaves[tree] != (int)nativeLeaves[row * leaves.Length + tree])
                {
                    return $"row {row} lands in leaf {leaves[tree]} of tree {tree}, in LightGBM in leaf {nativeLeaves[row * leaves.Length + tree]}";
                }
            }

            worst = Math.Max(worst, Math.Abs(predictor.PredictRaw(features) - scores[row]) / Math.Max(1, Math.Abs(scores[row])));
        }

        numbers.With("rows", matrix.Rows).With("trees", predictor.TreeCount).With("worst_score_difference", worst);
        return worst <= Tolerance ? null : string.Create(CultureInfo.InvariantCulture, $"scores differ by {worst:E2}; {Tolerance:E0} is allowed");
    }
}
