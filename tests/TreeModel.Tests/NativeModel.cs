using RateLimitSuite.LightGbm;

namespace RateLimitSuite.TreeModel.Tests;

/// <summary>A model that native LightGBM trained in the test, and native LightGBM's own answers.</summary>
internal sealed class NativeModel : IDisposable
{
    private readonly Booster _booster;

    private NativeModel(string text, double[] trainingRows)
    {
        Text = text;
        TrainingRows = trainingRows;
        Ensemble = TreeEnsemble.Parse(text);
        _booster = Booster.Load(text);
    }

    public string Text { get; }

    public TreeEnsemble Ensemble { get; }

    public double[] TrainingRows { get; }

    /// <summary>Trains on rows with missing values, zeros, a grid and a category.</summary>
    public static NativeModel Train(string parameters, int features, int trees, int rows = 1500)
    {
        var random = new Random((features * 1000) + trees);
        var values = new double[rows * features];
        var labels = new float[rows];
        var weights = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var x = values.AsSpan(row * features, features);
            double signal = 0;
            for (var feature = 0; feature < features; feature++)
            {
                x[feature] = (feature % 5) switch
                {
                    0 => random.Next(10) == 0 ? double.NaN : (random.NextDouble() * 2) - 1,
                    1 => random.Next(24),
                    2 => random.Next(2) == 0 ? 0 : random.NextDouble() - 0.5,
                    3 => random.Next(40),
                    _ => Math.Exp(random.NextDouble() * 20) * (random.Next(2) == 0 ? -1 : 1),
                };
                signal += double.IsNaN(x[feature]) ? 0.7 : Math.Sin(x[feature] + feature) * (1 + (feature % 3));
            }

            labels[row] = (float)Math.Abs(signal + random.NextDouble() + 3);
            weights[row] = (float)(0.5 + random.NextDouble());
        }

        var settings = new LightGbmParameters { { "verbosity", -1 }, { "num_threads", 1 }, { "deterministic", true }, { "seed", 7 }, { "min_data_in_leaf", 3 } };
        foreach (var setting in parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            settings.Add(setting.Split('=')[0], setting.Split('=')[1]);
        }

        var training = new LightGbm.TrainingRows(FeatureMatrix.OfRows(values, features), labels, weights);
        return new NativeModel(LightGbmTrainer.Train(settings, training, iterations: trees).Text, values);
    }

    /// <summary>Native answers, row after row.</summary>
    public double[] Predict(double[][] rows, PredictionKind kind) =>
        _booster.Predict(FeatureMatrix.OfRows(rows.SelectMany(row => row).ToArray(), Ensemble.FeatureCount), kind);

    public void Dispose() => _booster.Dispose();
}

/// <summary>A test that needs native LightGBM and is skipped, by name, where it is absent.</summary>
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute()
    {
        if (!LightGbmLibrary.TryLoad(out var problem))
        {
            Skip = problem;
        }
    }
}
