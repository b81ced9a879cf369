using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees;

internal sealed class ShapBenchmark : IBenchmark
{
    public string Name => "shap";

    public string Description => "SHAP values and interactions, against native LightGBM and XGBoost.";

    public void Run(BenchmarkContext context)
    {
        var model = TreeEnsemble.Parse(File.ReadAllBytes("/work/shared/data/lightgbm-golden/model.txt"));
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        var explainer = TreeExplainer.PathDependent(model);
        context.Note($"build {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms, tables {explainer.TableBytes / 1e6:N2} MB");
        var rows = Rows.Uniform(20_000);
        var values = new double[6];
        context.CompareTime("shap path", "d5 uniform", new Contender("ours", count =>
        {
            for (var i = 0; i < count; i++)
            {
                explainer.Explain(rows.AsSpan(i % 20_000 * 6, 6), values);
            }
        }));
    }
}
