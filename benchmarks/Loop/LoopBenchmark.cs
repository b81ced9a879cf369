using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Loop.World;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>The closed loop in simulation: the suite's own limiter and drift monitor in virtual time, against peers and an oracle.</summary>
internal sealed class LoopBenchmark : IBenchmark
{
    private const int Seeds = 10;

    private static readonly Scenario[] Base =
    [
        new("base: feedback 0.5 s, drift", 0.5),
        new("late: feedback 8 s, drift", 8),
    ];

    private static readonly Scenario[] More =
    [
        new("prompt: feedback at once, drift", 0),
        new("second: feedback 1 s, drift", 1),
        new("steady: feedback 0.5 s, no drift", 0.5, Drift: false),
        new("lost: feedback 0.5 s, none for five minutes, drift", 0.5) { LosesFeedback = true },
        new("steps: feedback 0.5 s, capacity halves and doubles each minute", 0.5, Drift: false) { Steps = true },
        new("leak: feedback 0.5 s, capacity falls by 6 % a day, no drift", 0.5, Drift: false) { Leaks = true },
        new("latency: feedback 0.5 s, a dependency adds 100 ms, no drift", 0.5, Drift: false) { Slower = true },
        new("costs: feedback 0.5 s, unequal costs, drift", 0.5) { UnequalCosts = true },
        new("poisoned: feedback 0.5 s, the abuser's risk is hidden, drift", 0.5) { PoisonedRisk = true },
        new("corrupt: feedback 0.5 s, every model file is cut short, drift", 0.5) { CorruptModels = true },
        new("slow: feedback 0.5 s, ten servers of half the speed, drift", 0.5) { Servers = 10 },
    ];

    public string Name => "loop";

    public string Description => "goodput, wrong throttles and latency in simulation, against an oracle (--all: every scenario; --scenario TEXT; --seeds N)";

    public void Run(BenchmarkContext context)
    {
        var seeds = context.Options.Seeds ?? Seeds;
        Scenario[] all = [.. Base, .. More];
        var chosen = context.Options.Scenario is { } part
            ? Array.FindAll(all, s => s.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
            : context.Options.Everything ? all : Base;
        foreach (var scenario in chosen)
        {
            var table = Run(scenario, seeds);
            table.Print(context);
            table.AddRows(context);
            Draw(context, scenario, table);
        }
    }

    private static LoopTable Run(Scenario scenario, int seeds)
    {
        var results = LoopPolicy.All.ToDictionary(p => p.Name, _ => new LoopResult[seeds]);
        var done = 0;
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            foreach (var policy in LoopPolicy.All)
            {
                results[policy.Name][seed] = policy.Run(new LoopWorld(seed + 1, scenario));
            }

            BenchmarkContext.Progress($"{scenario.Name}: seed {Interlocked.Increment(ref done)} of {seeds}");
        });
        return new(scenario.Name, results);
    }

    private static void Draw(BenchmarkContext context, Scenario scenario, LoopTable table)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Environment.CurrentDirectory, "artifacts", "bench"));
        var file = Path.Combine(folder.FullName, $"loop-{scenario.Name.Split(':')[0]}.svg");
        File.WriteAllText(file, table.ToSvg());
        context.Note($"drawn: {Path.GetRelativePath(Environment.CurrentDirectory, file)}");
    }
}
