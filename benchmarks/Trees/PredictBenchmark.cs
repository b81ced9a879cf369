using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees;

internal sealed class PredictBenchmark : IBenchmark
{
    public string Name => "predict";

    public string Description => "One prediction and a batch of them, against native LightGBM and XGBoost.";

    public void Run(BenchmarkContext context)
    {
        var model = TreeEnsemble.Parse(File.ReadAllBytes("/work/shared/data/lightgbm-golden/model.txt"));
        var predictor = Predictor.Compile(model);
        context.Note($"tables {predictor.TableBytes / 1e6:N2} MB");
        var rows = Rows.Uniform(20_000);
        var intervals = new ushort[6];
        context.CompareTime("intervals", "d5", new Contender("ours", count =>
        {
            for (var i = 0; i < count; i++)
            {
                predictor.Intervals(rows.AsSpan(i % 20_000 * 6, 6), intervals);
            }
        }));
        var sink = 0.0;
        context.CompareTime("predict", "d5", new Contender("ours", count =>
        {
            for (var i = 0; i < count; i++)
            {
                sink += predictor.Predict(rows.AsSpan(i % 20_000 * 6, 6));
            }
        }));
    }
}
