using RateLimitSuite.Benchmarks.Harness;

namespace RateLimitSuite.Benchmarks;

/// <summary>All benchmarks, a line each.</summary>
internal static class BenchmarkList
{
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new Trees.PredictBenchmark(),
        new Trees.ShapBenchmark(),
        new Decisions.DecideBenchmark(),
        new Decisions.EncodeBenchmark(),
        new Grpc.GrpcBenchmark(),
        new Trees.FuzzBenchmark(),
        new Loop.LoopBenchmark(),
        new Turn.TurnBenchmark(),
        new Train.TrainBenchmark(),
        new Live.LiveBenchmark(),
    ];
}
