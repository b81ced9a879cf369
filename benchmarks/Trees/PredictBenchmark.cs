using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.LightGbm;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Trees;

/// <summary>One prediction, and a batch of them.</summary>
internal sealed class PredictBenchmark : IBenchmark
{
    private const int RowsCount = 20_000;
    private const int BatchRows = 2_000;

    public string Name => "predict";

    public string Description => "one prediction and a batch of them, against native LightGBM and XGBoost, one thread";

    public void Run(BenchmarkContext context)
    {
        foreach (var depth in new[] { 5, 8 })
        {
            using var model = BenchmarkModel.Train(depth, context);
            var predictor = Predictor.Compile(model.Ensemble);
            context.Note($"depth {depth}: tables {predictor.TableBytes / 1e6:N2} MB");
            var rows = SyntheticTraffic.Rows(RowsCount, 1_000_003);
            Single(context, model, predictor, rows);
            Batch(context, model, predictor, rows);
        }
    }

    private static void Single(BenchmarkContext context, BenchmarkModel model, Predictor predictor, double[] rows)
    {
        using var fast = model.LightGbm.CreateSingleRowPredictor();
        var result = new double[1];
        var peers = new List<Contender> { new("LightGBM single-row-fast", count => EachRow(rows, count, row => fast.Predict(row, result))) };
        if (model.Xgboost is { } xgboost)
        {
            var next = 0;
            peers.Add(new Contender("XGBoost in place", count =>
            {
                for (var i = 0; i < count; i++)
                {
                    xgboost.Predict(rows, next = (next + 1) % RowsCount, 1);
                }
            }));
        }

        var intervals = new ushort[SyntheticTraffic.Width];
        var conditions = $"200 trees × 31 leaves, depth {model.Depth}, {RowsCount} distinct rows";
        context.CompareProcessorTime($"intervals of one row, depth {model.Depth}", conditions, new Contender("ours", count => EachRow(rows, count, row => predictor.Intervals(row, intervals))));
        context.CompareProcessorTime($"predict one row, depth {model.Depth}", conditions, new Contender("ours", count => EachRow(rows, count, row => predictor.Predict(row))), [.. peers]);
    }

    private static void Batch(BenchmarkContext context, BenchmarkModel model, Predictor predictor, double[] rows)
    {
        var results = new double[BatchRows];
        var oneThread = new LightGbmParameters { { "num_threads", 1 } };
        var peers = new List<Contender>
        {
            new("LightGBM batch", count => EachBatch(count, first =>
                model.LightGbm.Predict(FeatureMatrix.OfRows(rows.AsMemory(first * SyntheticTraffic.Width, BatchRows * SyntheticTraffic.Width), SyntheticTraffic.Width), PredictionKind.Normal, results, oneThread))) { OperationsPerCall = BatchRows },
        };
        if (model.Xgboost is { } xgboost)
        {
            peers.Add(new Contender("XGBoost in place", count => EachBatch(count, first => xgboost.Predict(rows, first, BatchRows))) { OperationsPerCall = BatchRows });
        }

        var ours = new Contender("ours", count => EachBatch(count, first =>
            predictor.PredictBatch(rows.AsSpan(first * SyntheticTraffic.Width, BatchRows * SyntheticTraffic.Width), results))) { OperationsPerCall = BatchRows };
        context.CompareProcessorTime($"predict in batches, per row, depth {model.Depth}", $"batches of {BatchRows} rows", ours, [.. peers]);
    }

    private static void EachBatch(int count, Action<int> predict)
    {
        for (var i = 0; i < count; i++)
        {
            predict(i * BatchRows % RowsCount);
        }
    }

    private static void EachRow(double[] rows, int count, ReadOnlySpanAction action)
    {
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            action(rows.AsSpan(at, SyntheticTraffic.Width));
            at = at + SyntheticTraffic.Width < rows.Length ? at + SyntheticTraffic.Width : 0;
        }
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<double> row);
}
