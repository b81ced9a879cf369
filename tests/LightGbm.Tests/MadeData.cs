namespace RateLimitSuite.LightGbm.Tests;

/// <summary>Rows of a known function of three features: y = 100 + 50·[x0 > 0.5] + 20·x1 + noise, x2 without influence.</summary>
internal static class MadeData
{
    public const int Features = 3;

    /// <summary>The mean of y over the rows' distribution: 100 + 50/2 + 20/2.</summary>
    public const double Mean = 135;

    public static TrainingRows Rows(int count, int seed, double shift = 0)
    {
        var random = new Random(seed);
        var values = new double[count * Features];
        var labels = new float[count];
        for (var row = 0; row < count; row++)
        {
            var x = values.AsSpan(row * Features, Features);
            for (var feature = 0; feature < Features; feature++)
            {
                x[feature] = random.NextDouble();
            }

            labels[row] = (float)(100 + shift + (x[0] > 0.5 ? 50 : 0) + (20 * x[1]) + random.NextDouble() - 0.5);
        }

        return new TrainingRows(FeatureMatrix.OfRows(values, Features), labels, featureNames: ["step", "slope", "nothing"]);
    }

    public static LightGbmParameters Parameters() => new()
    {
        { "objective", "regression" },
        { "metric", "rmse" },
        { "learning_rate", 0.1 },
        { "num_leaves", 15 },
        { "seed", 42 },
        { "deterministic", true },
        { "force_row_wise", true },
        { "num_threads", 2 },
        { "verbosity", -1 },
    };
}
