using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Predictions over rows, and their error.</summary>
internal static class Predictions
{
    /// <summary>One prediction for each row from..to-1.</summary>
    public static double[] Of(Predictor predictor, MetricsRows rows, int from, int to)
    {
        var predictions = new double[to - from];
        Span<double> features = new double[rows.Schema.Count];
        for (var row = from; row < to; row++)
        {
            rows.CopyFeatures(row, features);
            predictions[row - from] = predictor.Predict(features);
        }

        return predictions;
    }

    /// <summary>R of predictions for the rows that begin at <paramref name="from"/>.</summary>
    public static RelativeError Error(MetricsRows rows, int from, ReadOnlySpan<double> predictions)
    {
        var error = new RelativeError();
        for (var i = 0; i < predictions.Length; i++)
        {
            var row = from + i;
            error.Add(predictions[i], rows.Label[row], rows.Low[row], rows.High[row], rows.Quality[row]);
        }

        return error;
    }

    /// <summary>R of what was in force instead of a prediction: the limiter without a model.</summary>
    public static RelativeError ErrorWithoutModel(MetricsRows rows, int from)
    {
        var inForce = new double[rows.Count - from];
        for (var i = 0; i < inForce.Length; i++)
        {
            inForce[i] = rows.RefillRate[from + i];
        }

        return Error(rows, from, inForce);
    }
}
