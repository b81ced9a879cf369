using System.Runtime.InteropServices;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Training;

/// <summary>A linear model of the same rows: what the trees must be worth their trouble against.</summary>
/// <remarks>Weighted least squares over standardised features with a small ridge, solved by Cholesky; a prediction is never under 0. Fitted to points
/// within the labels' intervals as the trees are (<see cref="IntervalTargets"/>), or the comparison would not be fair.</remarks>
internal sealed class RidgeBaseline
{
    private const double Penalty = 1e-3;

    private readonly double[] _mean;
    private readonly double[] _scale;
    private readonly double[] _coefficients;
    private readonly double _intercept;

    private RidgeBaseline(double[] mean, double[] scale, double[] coefficients, double intercept) =>
        (_mean, _scale, _coefficients, _intercept) = (mean, scale, coefficients, intercept);

    /// <summary>Fits rows 0..weights.Length-1.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">One for each, from the first.</param>
    /// <param name="passes">How often targets are moved within their labels' intervals.</param>
    public static RidgeBaseline Fit(MetricsRows rows, double[] weights, int passes)
    {
        var total = Math.Max(weights.Sum(), double.Epsilon);
        var targets = CollectionsMarshal.AsSpan(rows.Label)[..weights.Length].ToArray();
        var (mean, scale) = Standardise(rows, weights, total);
        for (var pass = 0; ; pass++)
        {
            var fitted = Fit(rows, targets, weights, total, mean, scale);
            if (pass == passes)
            {
                return fitted;
            }

            fitted.Aim(rows, targets);
        }
    }

    private static RidgeBaseline Fit(MetricsRows rows, double[] targets, double[] weights, double total, double[] mean, double[] scale)
    {
        var intercept = Mean(targets, weights, total);
        var features = rows.Schema.Count;
        var normal = new double[features, features];
        var right = new double[features];
        var x = new double[features];
        for (var row = 0; row < weights.Length; row++)
        {
            for (var i = 0; i < features; i++)
            {
                x[i] = (rows.Features[i][row] - mean[i]) / scale[i];
            }

            Accumulate(normal, right, x, weights[row] / total, targets[row] - intercept);
        }

        for (var i = 0; i < features; i++)
        {
            normal[i, i] += Penalty;
        }

        return new(mean, scale, Cholesky.Solve(normal, right), intercept);
    }

    private void Aim(MetricsRows rows, double[] targets)
    {
        Span<double> features = new double[rows.Schema.Count];
        for (var row = 0; row < targets.Length; row++)
        {
            rows.CopyFeatures(row, features);
            targets[row] = IntervalTargets.Toward(Predict(features), rows.Low[row], rows.High[row]);
        }
    }

    /// <summary>The prediction, tokens/s.</summary>
    public double Predict(ReadOnlySpan<double> features)
    {
        var sum = _intercept;
        for (var i = 0; i < _coefficients.Length; i++)
        {
            sum += _coefficients[i] * (features[i] - _mean[i]) / _scale[i];
        }

        return Math.Max(0, sum);
    }

    private static void Accumulate(double[,] normal, double[] right, double[] x, double weight, double target)
    {
        for (var i = 0; i < x.Length; i++)
        {
            right[i] += weight * x[i] * target;
            for (var j = 0; j <= i; j++)
            {
                normal[i, j] += weight * x[i] * x[j];
            }
        }
    }

    private static (double[] Mean, double[] Scale) Standardise(MetricsRows rows, double[] weights, double total)
    {
        var mean = new double[rows.Schema.Count];
        var scale = new double[rows.Schema.Count];
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] = Mean(CollectionsMarshal.AsSpan(rows.Features[i]), weights, total);
            double squares = 0;
            for (var row = 0; row < weights.Length; row++)
            {
                squares += weights[row] * Math.Pow(rows.Features[i][row] - mean[i], 2);
            }

            scale[i] = squares > 0 ? Math.Sqrt(squares / total) : 1;   // A constant feature: its coefficient is 0 whatever the scale.
        }

        return (mean, scale);
    }

    private static double Mean(ReadOnlySpan<double> values, double[] weights, double total)
    {
        double sum = 0;
        for (var row = 0; row < weights.Length; row++)
        {
            sum += weights[row] * values[row];
        }

        return sum / total;
    }
}
