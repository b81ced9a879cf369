using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Trees.Peers;
using RateLimitSuite.LightGbm;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees;

/// <summary>One model of 200 trees and 31 leaves, as each library has it.</summary>
/// <param name="Depth">Greatest depth.</param>
/// <param name="Ensemble">The LightGBM model, read by our reader.</param>
/// <param name="LightGbm">The same model in native LightGBM.</param>
/// <param name="Xgboost">A model of the same size and data in native XGBoost; null where it is not installed.</param>
internal sealed record BenchmarkModel(int Depth, TreeEnsemble Ensemble, Booster LightGbm, Xgboost? Xgboost) : IDisposable
{
    private const int Trees = 200;
    private const int TrainingRowsCount = 200_000;

    /// <summary>The LightGBM model as its file has it.</summary>
    public required string Text { get; init; }

    /// <summary>Trains the models; needs the native library.</summary>
    public static BenchmarkModel Train(int depth, BenchmarkContext context)
    {
        var labels = new float[TrainingRowsCount];
        var rows = SyntheticTraffic.Rows(TrainingRowsCount, 0, labels);
        var parameters = new LightGbmParameters
        {
            { "objective", "regression" }, { "learning_rate", 0.05 }, { "num_leaves", 31 }, { "max_depth", depth }, { "max_bin", 255 },
            { "min_data_in_leaf", 20 }, { "seed", 1 }, { "deterministic", true }, { "force_col_wise", true }, { "num_threads", 1 }, { "verbosity", -1 },
        };
        var training = new TrainingRows(FeatureMatrix.OfRows(rows, SyntheticTraffic.Width), labels);
        var text = LightGbmTrainer.Train(parameters, training, iterations: Trees).Text;
        if (!Peers.Xgboost.IsPresent)
        {
            context.Note("libxgboost.so.0 is not installed (Debian: libxgboost0), so XGBoost is not measured.");
        }

        var xgboost = Peers.Xgboost.IsPresent ? Peers.Xgboost.Train(rows, labels, Trees, depth) : null;
        return new BenchmarkModel(depth, TreeEnsemble.Parse(text), Booster.Load(text), xgboost) { Text = text };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LightGbm.Dispose();
        Xgboost?.Dispose();
    }
}
