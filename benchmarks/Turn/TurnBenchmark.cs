using System.Globalization;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Traffic;

namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>One turn of the loop in virtual time: when drift is found after a cut of capacity, and when R and p are back under their limits.</summary>
internal sealed class TurnBenchmark : IBenchmark
{
    private const int Seeds = 5;

    public string Name => "turn";

    public string Description => "one turn of the loop under profile smoke in virtual time: R and p after the swap (--scenario LOG; --seeds N; --all: each window)";

    public void Run(BenchmarkContext context)
    {
        for (var seed = 1; seed <= (context.Options.Seeds ?? Seeds); seed++)
        {
            context.Note($"seed {seed}");
            var options = new TrafficOptions { Log = context.Options.Scenario, Seed = seed };
            var result = new TurnRun(options, context.Options.Everything ? BenchmarkContext.Progress : static _ => { }).Run();
            context.Note(string.Create(CultureInfo.InvariantCulture,
                $"trip {result.TripAfterCut:0.0} s after the cut by {result.TrippedBy}; full share at {result.FullShareAt:0.0} s (newest {result.Version} at {result.LastFullShareAt:0.0}); R back {result.ErrorBack - result.FullShareAt:0.0} s, p back {result.ViolationsBack - result.FullShareAt:0.0} s later; windows over: R {result.Windows.ErrorOver}, p {result.Windows.ViolationsOver} of {result.Windows.All}"));
        }
    }
}
