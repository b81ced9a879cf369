using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Tests.Control;

/// <summary>Model mode <c>auto</c> through engine and control loop in virtual time: eighty clients, half of them risky, ask for twice what the parent has.</summary>
public class AutoClosedLoopTests
{
    private const int Clients = 80;
    private const double ParentRate = 200;
    private const double AsksPerSecond = 5;

    private static readonly Policy Auto = new()
    {
        Name = "auto", Domain = "default", Backend = "shop", Model = ModelMode.Auto, HoldoutShare = 0.2, FallbackRate = 10,
    };

    // Whoever is risky is given all that it asks for, and nobody else anything.
    private static LoadedModel Harmful(string version) => TestModels.Step(0.01, 50, version);

    private static LoadedModel Harmless(string version) => TestModels.Step(4, 1.1, version);

    [Fact]
    public void Run_HarmfulModel_IsWithdrawnTriedAndBroughtBackWhenItIsBetter()
    {
        var run = new Run(seed: 1);
        run.Rig.Serve(Harmful("bad"));
        run.Until(minutes: 4);
        Assert.Equal((AutoState.Shadow, 1), (run.State, run.Model.Withdrawn));
        Assert.DoesNotContain(run.Asks(), d => d.Arm is Arm.Model);

        // A pause, a trial on as many as are held out, and a pause twice as long.
        var governed = 0;
        for (var minute = 5; minute < 18 && run.Model.Withdrawn < 2; minute++)
        {
            run.Until(minute);
            governed = Math.Max(governed, run.Asks().Count(d => d.Arm == Arm.Model));
        }

        Assert.Equal((AutoState.Shadow, 2), (run.State, run.Model.Withdrawn));
        Assert.InRange(governed, 1, Clients / 3);

        run.Rig.Serve(Harmless("good"));
        run.Until(run.Minutes + 4);
        Assert.Equal(AutoState.On, run.State);
        Assert.Contains(run.Asks(), d => d.Arm == Arm.Model);
        Assert.Equal([AutoState.Shadow, AutoState.Trial, AutoState.Shadow, AutoState.Trial, AutoState.On], run.Changes);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Run_HarmlessModel_StaysOn(int seed)
    {
        var run = new Run(seed);
        run.Rig.Serve(Harmless("good"));

        run.Until(minutes: 8);

        Assert.Equal(AutoState.On, run.State);
        Assert.Equal(0, run.Model.Withdrawn);
        Assert.True(run.Model.Blocks >= 14, $"{run.Model.Blocks} blocks");
        Assert.InRange(run.Model.Last.Difference, -0.1, 0.1);
    }

    [Fact]
    public void Run_ModelWithdrawn_TheCanaryOfAnotherGovernsAllTheSame()
    {
        var run = new Run(seed: 7);
        run.Rig.Serve(Harmful("bad"));
        run.Until(minutes: 4);
        Assert.Equal(AutoState.Shadow, run.State);

        run.Rig.Models.Swap(new ModelSnapshot
        {
            Champion = Harmful("bad"), Challenger = Harmless("better"), Stage = ChallengerStage.Canary, Share = 0.25, Canary = new CanaryMembership("salt", 0.25),
        });

        var arms = run.Asks().Select(d => d.Arm).Distinct().Order();
        Assert.Equal([Arm.Holdout, Arm.Canary, Arm.Shadow], arms);
    }

    [Fact]
    public void Run_OutcomesOfGovernedClientsLate_CountAgainstTheModel()
    {
        var run = new Run(seed: 6) { SpoilsGoverned = true };
        run.Rig.Serve(Harmless("slow"));

        run.Until(minutes: 4);

        Assert.Equal(1, run.Model.Withdrawn);
    }

    private sealed class Run
    {
        private readonly Random _random;

        public Run(int seed)
        {
            _random = new Random(seed);
            Rig = new EngineRig(Auto, 4096, new BackendOptions { Name = "shop", InitialRate = ParentRate, MinimumRate = ParentRate, MaximumRate = ParentRate });
            Rig.Loop.AutoChanged = policy => Changes.Add(policy.Auto!.State);
        }

        public EngineRig Rig { get; }

        public bool SpoilsGoverned { get; init; }

        public List<AutoState> Changes { get; } = [];

        public AutoModel Model => Rig.Policy.Auto!;

        public AutoState State => Model.State;

        public double Minutes => Rig.Clock.Now.TotalMinutes;

        public void Until(double minutes)
        {
            while (Minutes < minutes - 1e-9)
            {
                Rig.Pass(0.1);
                for (var client = 0; client < Clients; client++)
                {
                    if (_random.NextDouble() < AsksPerSecond * 0.1)
                    {
                        Ask(client);
                    }
                }

                Rig.Loop.Tick(Rig.Clock.Now);
            }
        }

        public DecisionRecord[] Asks() => [.. Enumerable.Range(0, Clients).Select(Ask)];

        private DecisionRecord Ask(int client)
        {
            var decision = Rig.Decide($"client-{client}", risk: client % 2 == 0 ? 0 : 0.9);
            if (SpoilsGoverned && decision is { Allowed: true, Arm: Arm.Model })
            {
                using var entry = Rig.Clients.Enter(decision.Client);
                entry.Split.Spoilt += 0.3f;
            }

            return decision;
        }
    }
}
