using System.Diagnostics;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.LightGbm;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees;

/// <summary>SHAP values in both modes and interactions.</summary>
internal sealed class ShapBenchmark : IBenchmark
{
    private const int RowsCount = 20_000;
    private const int Width = SyntheticTraffic.Width;

    public string Name => "shap";

    public string Description => "SHAP values in both modes and interactions, against native LightGBM and XGBoost, one thread";

    public void Run(BenchmarkContext context)
    {
        foreach (var depth in new[] { 5, 8 })
        {
            using var model = BenchmarkModel.Train(depth, context);
            var start = Stopwatch.GetTimestamp();
            var explainer = TreeExplainer.PathDependent(model.Ensemble);
            context.Note($"depth {depth}: path-dependent tables {explainer.TableBytes / 1e6:N1} MB, {explainer.ValueTables}, built in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms");
            var rows = SyntheticTraffic.Rows(RowsCount, 1_000_003);
            Values(context, model, explainer, "uniform", rows);
            Values(context, model, explainer, "zipf", SyntheticTraffic.Zipf(rows, RowsCount));
        }
    }

    private static void Values(BenchmarkContext context, BenchmarkModel model, TreeExplainer explainer, string kind, double[] rows)
    {
        using var fast = model.LightGbm.CreateSingleRowPredictor(PredictionKind.Contribution);
        var values = new double[Width];
        var peerValues = new double[Width + 1];
        var (next, peerNext) = (0, 0);
        var ours = new Contender("ours", count =>
        {
            for (var i = 0; i < count; i++)
            {
                explainer.Explain(rows.AsSpan(next, Width), values);
                next = (next + Width) % rows.Length;
            }
        });
        var lightGbm = new Contender("LightGBM contributions", count =>
        {
            for (var i = 0; i < count; i++)
            {
                fast.Predict(rows.AsSpan(peerNext, Width), peerValues);
                peerNext = (peerNext + Width) % rows.Length;
            }
        });
        context.CompareTime($"SHAP path-dependent, {kind}, depth {model.Depth}", $"{RowsCount} rows", ours, lightGbm);
    }
}
