using System.Diagnostics;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Trees.Peers;
using RateLimitSuite.LightGbm;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees;

/// <summary>SHAP values in both modes, interactions, and what building the tables takes.</summary>
internal sealed class ShapBenchmark : IBenchmark
{
    private const int RowsCount = 20_000;
    private const int BackgroundRows = 10_000;
    private const int PeerRows = 20;
    private const int BuildRepetitions = 3;
    private const int Width = SyntheticTraffic.Width;

    public string Name => "shap";

    public string Description => "SHAP values in both modes, interactions and table building, against native LightGBM and XGBoost, one thread";

    public void Run(BenchmarkContext context)
    {
        foreach (var depth in new[] { 5, 8 })
        {
            using var model = BenchmarkModel.Train(depth, context);
            var uniform = SyntheticTraffic.Rows(RowsCount, 1_000_003);
            var background = SyntheticTraffic.Rows(BackgroundRows, 77);
            var path = Build(context, $"path-dependent, depth {depth}", options => TreeExplainer.PathDependent(model.Ensemble, options));
            var interventional = Build(context, $"interventional, {BackgroundRows} background rows, depth {depth}", options => TreeExplainer.Interventional(model.Ensemble, background, options));
            CheckAdditivity(context, model, path, interventional, uniform);

            foreach (var (kind, rows) in new[] { ("uniform", uniform), ("zipf", SyntheticTraffic.Zipf(uniform, RowsCount)) })
            {
                Values(context, model, path, kind, rows);
                context.CompareProcessorTime(
                    $"SHAP interventional, {kind}, depth {depth}", $"{BackgroundRows} background rows; ratio 0.83 is 1.2 times the time",
                    new Contender("interventional", Explaining(interventional, rows)), new Contender("path-dependent, ours", Explaining(path, rows)));
            }

            Interactions(context, model, path, uniform);
            context.Note($"peak memory of the process, peers and training rows included: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0} MB");
        }
    }

    private static TreeExplainer Build(BenchmarkContext context, string name, Func<TreeExplainerOptions, TreeExplainer> build)
    {
        var (best, bestOfProcessor) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var repetition = 0; repetition < BuildRepetitions; repetition++)
        {
            var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            build(new TreeExplainerOptions());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            bestOfProcessor = Math.Min(bestOfProcessor, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
        }

        context.Add(new BenchmarkRow(
            $"build SHAP tables, {name}", best, 2_000, "goal", 2_000 / best, "ms", $"best of {BuildRepetitions}; processor time {bestOfProcessor:N0} ms"));
        var explainer = build(new TreeExplainerOptions { WithInteractions = true });
        context.Note($"{name}: values {explainer.ValueTables}");
        context.Note($"{name}: pairs {explainer.PairTables}");
        return explainer;
    }

    private static void CheckAdditivity(BenchmarkContext context, BenchmarkModel model, TreeExplainer path, TreeExplainer interventional, double[] rows)
    {
        var predictor = Predictor.Compile(model.Ensemble);
        var values = new double[Width];
        double worst = 0;
        foreach (var explainer in new[] { path, interventional })
        {
            for (var at = 0; at < 1000 * Width; at += Width)
            {
                var row = rows.AsSpan(at, Width);
                var prediction = predictor.Predict(row);
                worst = Math.Max(worst, Math.Abs(explainer.Explain(row, values) + values.Sum() - prediction) / Math.Max(1, Math.Abs(prediction)));
            }
        }

        context.Note($"largest |base + Σφ − f| / max(1, |f|) of 1000 rows, both modes: {worst:E1}");
    }

    private static void Values(BenchmarkContext context, BenchmarkModel model, TreeExplainer explainer, string kind, double[] rows)
    {
        using var fast = model.LightGbm.CreateSingleRowPredictor(PredictionKind.Contribution);
        var values = new double[Width + 1];
        var next = 0;
        var peers = new List<Contender>
        {
            new("LightGBM contributions", count =>
            {
                for (var i = 0; i < count; i++)
                {
                    fast.Predict(rows.AsSpan(next, Width), values);
                    next = (next + Width) % rows.Length;
                }
            }),
        };
        if (model.Xgboost is { } xgboost)
        {
            var matrix = Xgboost.Matrix(rows[..(PeerRows * Width)]);
            peers.Add(new Contender("XGBoost contributions", count => AskMatrix(count, () => xgboost.Contribute(matrix))) { OperationsPerCall = PeerRows });
        }

        context.CompareProcessorTime($"SHAP path-dependent, {kind}, depth {model.Depth}", $"{RowsCount} rows", new Contender("ours", Explaining(explainer, rows)), [.. peers]);
    }

    private static void Interactions(BenchmarkContext context, BenchmarkModel model, TreeExplainer explainer, double[] rows)
    {
        var interactions = new double[Width * Width];
        var next = 0;
        var ours = new Contender("ours", count =>
        {
            for (var i = 0; i < count; i++)
            {
                explainer.ExplainInteractions(rows.AsSpan(next, Width), interactions);
                next = (next + Width) % rows.Length;
            }
        });
        Contender[] peers = [];
        if (model.Xgboost is { } xgboost)
        {
            var matrix = Xgboost.Matrix(rows[..(PeerRows * Width)]);
            peers = [new Contender("XGBoost interactions", count => AskMatrix(count, () => xgboost.Interact(matrix))) { OperationsPerCall = PeerRows }];
        }

        context.CompareProcessorTime($"interactions, depth {model.Depth}", $"{RowsCount} uniform rows", ours, peers);
    }

    private static void AskMatrix(int count, Action ask)
    {
        for (var i = 0; i < count; i++)
        {
            ask();
        }
    }

    private static Action<int> Explaining(TreeExplainer explainer, double[] rows)
    {
        var values = new double[Width];
        var next = 0;
        return count =>
        {
            for (var i = 0; i < count; i++)
            {
                explainer.Explain(rows.AsSpan(next, Width), values);
                next = (next + Width) % rows.Length;
            }
        };
    }
}
