using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>The numbers of a model on its hold-out that readers of the registry compare with.</summary>
/// <param name="Mae">R; null: the model does not load.</param>
/// <param name="ViolationRate">p of the hold-out's windows; null: nothing was decided there.</param>
/// <param name="RidgeMae">R of the linear baseline.</param>
/// <param name="Numbers">These and more.</param>
internal sealed record Validation(double? Mae, double? ViolationRate, double? RidgeMae, Numbers Numbers)
{
    /// <summary>Measures a model.</summary>
    public static Validation Measure(GateContext context, IReadOnlyList<GateOutcome> gates)
    {
        var (rows, from) = (context.Rows, context.Split.HoldoutStart);
        var ridge = RidgeError(context);
        var violation = ViolationRateOf(rows, from);
        double? mae = gates.Any(gate => gate is { Gate: "loads", Passed: false })
            ? null
            : Predictions.Error(rows, from, context.HoldoutPredictions).Value;
        var numbers = new Numbers()
            .With("mae", mae ?? double.NaN).With("no_model_mae", Predictions.ErrorWithoutModel(rows, from).Value).With("ridge_mae", ridge)
            .With("violation_rate", violation ?? double.NaN).With("holdout_rows", rows.Count - from).With("train_rows", context.Split.TrainEnd);
        return new(mae, violation, double.IsFinite(ridge) ? ridge : null, numbers);
    }

    private static double RidgeError(GateContext context)
    {
        var (rows, from) = (context.Rows, context.Split.HoldoutStart);
        var baseline = RidgeBaseline.Fit(rows, Array.ConvertAll(context.Job.Weights, weight => (double)weight), context.Options.IntervalPasses);
        var predictions = new double[rows.Count - from];
        Span<double> features = new double[rows.Schema.Count];
        for (var i = 0; i < predictions.Length; i++)
        {
            rows.CopyFeatures(from + i, features);
            predictions[i] = baseline.Predict(features);
        }

        return predictions.All(double.IsFinite) ? Predictions.Error(rows, from, predictions).Value : double.NaN;
    }

    private static double? ViolationRateOf(MetricsRows rows, int from)
    {
        double decisions = 0, wrong = 0;
        for (var row = from; row < rows.Count; row++)
        {
            decisions += rows.Decisions[row];
            wrong += rows.WronglyThrottled[row];
        }

        return decisions > 0 ? wrong / decisions : null;
    }
}
