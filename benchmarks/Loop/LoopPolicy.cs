using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Benchmarks.Loop.World;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>A policy by name, and how it is run.</summary>
/// <param name="Name">For the tables.</param>
/// <param name="Run">Runs it through a world.</param>
internal sealed record LoopPolicy(string Name, Func<LoopWorld, LoopResult> Run)
{
    /// <summary>The yardstick.</summary>
    public const string Oracle = "oracle";

    /// <summary>Parent bucket, fair split and in-flight cap, without a model.</summary>
    public const string NoModel = "structure, no model";

    /// <summary>The whole loop.</summary>
    public const string Full = "structure + model";

    private const int MeasuredFrom = 7;

    // Others than learners need no week of history: a day settles them.
    private const int WarmUp = 6;

    private static readonly WindowOptions Windows = new()
    {
        Length = TimeSpan.FromSeconds(5),
        Timeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>All policies, the yardstick first.</summary>
    public static IReadOnlyList<LoopPolicy> All { get; } =
    [
        new(Oracle, world =>
        {
            var backend = new SimulatedBackend(world);
            return new LoopRun(world, backend, new Oracle(world, backend), MeasuredFrom).Run(WarmUp);
        }),
        new(NoModel, world => Product(world, model: false, structure: true)),
        new(Full, world => Product(world, model: true, structure: true)),
        new("model alone", world => Product(world, model: true, structure: false)),
        Plain("Gradient2, shared", _ => new ConcurrencyLimiter(vegas: false)),
        Plain("Vegas, shared", _ => new ConcurrencyLimiter(vegas: true)),
        Plain("AIMD per client", world => new AimdLimiter(world.Clients.Count, LoopWorld.NominalCapacity / world.Clients.Count)),
        Plain("static, equal", world => new StaticLimiter(world.Clients.Count, LoopWorld.NominalCapacity / world.Clients.Count)),
        new("static, best of grid", world => new[] { 0.5, 0.75, 1.5, 2, 3 }
            .Select(factor => Simulate(world, new StaticLimiter(world.Clients.Count, factor * LoopWorld.NominalCapacity / world.Clients.Count)))
            .MaxBy(result => result.Goodput)!),
    ];

    private static LoopPolicy Plain(string name, Func<LoopWorld, IAdmission> make) => new(name, world => Simulate(world, make(world)));

    private static LoopResult Simulate(LoopWorld world, IAdmission policy) =>
        new LoopRun(world, new SimulatedBackend(world), policy, MeasuredFrom).Run(WarmUp);

    private static LoopResult Product(LoopWorld world, bool model, bool structure)
    {
        var limiter = new ProductLimiter(world, model, structure, Windows);
        var learner = new Learner(limiter, world.Scenario.CorruptModels);
        var result = new LoopRun(world, new SimulatedBackend(world), limiter, MeasuredFrom, day =>
        {
            learner.Night(model);
            if (day == MeasuredFrom)
            {
                learner.Forget();
            }
        }).Run(model ? 0 : WarmUp);
        learner.Night(train: false);
        var (decisions, wrong) = learner.Estimated;
        return result with
        {
            EstimatedViolations = (double)wrong / Math.Max(1, decisions),
            Error = learner.Error.Value,
            Models = learner.Models,
        };
    }
}
