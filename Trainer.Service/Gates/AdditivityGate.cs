using System.Globalization;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the parts of every explanation add up to the prediction, in both modes.</summary>
internal sealed class AdditivityGate : IOfflineGate
{
    private const int RowsMaximum = 1_000;
    private const double Tolerance = 1e-9;

    /// <inheritdoc/>
    public string Name => "additivity";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var sample = Sample(context.Rows);
        var ensemble = context.Model.Ensemble;
        var path = Worst(TreeExplainer.PathDependent(ensemble, cancellationToken: cancellationToken), context.Model.Predictor, sample);
        var interventional = Worst(TreeExplainer.Interventional(ensemble, sample, cancellationToken: cancellationToken), context.Model.Predictor, sample);
        var worst = Math.Max(path, interventional);
        var numbers = new Numbers().With("rows", sample.Length / ensemble.FeatureCount).With("path_dependent", path).With("interventional", interventional);
        return GateOutcome.Of(Name, worst <= Tolerance, numbers, string.Create(
            CultureInfo.InvariantCulture, $"base value and SHAP values miss the prediction by {worst:E1} at most; {Tolerance:E0} is allowed"));
    }

    private static double Worst(TreeExplainer explainer, Predictor predictor, double[] sample)
    {
        Span<double> shap = new double[predictor.FeatureCount];
        double worst = 0;
        for (var at = 0; at < sample.Length; at += predictor.FeatureCount)
        {
            var features = sample.AsSpan(at, predictor.FeatureCount);
            var sum = explainer.Explain(features, shap);
            foreach (var value in shap)
            {
                sum += value;
            }

            var prediction = predictor.PredictRaw(features);
            worst = Math.Max(worst, Math.Abs(sum - prediction) / Math.Max(1, Math.Abs(prediction)));
        }

        return worst;
    }

    private static double[] Sample(MetricsRows rows)
    {
        var count = Math.Min(RowsMaximum, rows.Count);
        var sample = new double[count * rows.Schema.Count];
        for (var i = 0; i < count; i++)
        {
            rows.CopyFeatures((int)((long)i * rows.Count / count), sample.AsSpan(i * rows.Schema.Count, rows.Schema.Count));
        }

        return sample;
    }
}
