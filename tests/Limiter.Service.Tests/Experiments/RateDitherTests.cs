using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Experiments;

/// <summary>Rate dither through the engine and the control loop, in virtual time.</summary>
public class RateDitherTests
{
    private static readonly Policy Dithered = new()
    {
        Name = "dithered", Domain = "default", Backend = "shop", Model = ModelMode.Off, FallbackRate = 10, Dither = true,
    };

    [Fact]
    public void Tick_ManyWindows_DealsEachStepAsOftenAsItsPropensitySays()
    {
        const int Clients = 63;   // a third of them is odd: 10 or 11 up
        var rig = Healthy(Dithered);
        var (counts, promised) = (new double[4], new double[4]);
        for (var window = 0; window < 60; window++)
        {
            var decisions = Window(rig, Clients);
            foreach (var decision in decisions)
            {
                counts[(int)decision.Dither]++;
            }

            // What each client stood to be dealt, by the propensity on those that were.
            foreach (var step in decisions.GroupBy(d => d.Dither))
            {
                promised[(int)step.Key] += Clients * step.First().Propensity;
            }
        }

        Assert.Equal(0, counts[(int)DitherStep.None]);
        Assert.InRange(counts[(int)DitherStep.Down] / promised[(int)DitherStep.Down], 0.97, 1.03);
        Assert.InRange(counts[(int)DitherStep.Up] / promised[(int)DitherStep.Up], 0.97, 1.03);
        Assert.InRange(counts[(int)DitherStep.Neutral] / promised[(int)DitherStep.Neutral], 0.97, 1.03);
    }

    [Fact]
    public void Tick_AnyWindow_MovesAtMostAThirdAndKeepsUpsWithinTwoPercent()
    {
        var rig = Healthy(Dithered);
        var random = new Random(3);
        for (var window = 0; window < 25; window++)
        {
            var decisions = Window(rig, random.Next(1, 40), client => client == 0 ? 30 : 1);
            var backend = rig.Backends.Find("shop");

            Assert.True(decisions.Count(d => d.Dither is DitherStep.Up or DitherStep.Down) * 3 <= decisions.Length);
            Assert.True(backend.Dither!.Ups <= 0.02 * backend.Controller.ParentRate, $"{backend.Dither.Ups} of {backend.Controller.ParentRate}");
            Assert.All(decisions, d => Assert.Equal(d.EffectiveRate * (1 + (0.08 * ((int)d.Dither - (int)DitherStep.Neutral))), d.RefillRate, 1e-9));
        }
    }

    [Fact]
    public void Tick_WithinAWindow_StaysAndBetweenWindowsDiffers()
    {
        var rig = Healthy(Dithered);
        var first = Window(rig, 60, end: false).Select(d => d.Dither).ToArray();
        Serve(rig, OutcomeClass.Ok, seconds: 5);
        var again = Asks(rig, 60).Select(d => d.Dither).ToArray();
        var next = Window(rig, 60).Select(d => d.Dither).ToArray();

        Assert.Equal(first, again);
        Assert.NotEqual(first, next);
        Assert.Equal(10, next.Count(step => step == DitherStep.Up));     // a third of 60, half of them up
        Assert.Equal(10, next.Count(step => step == DitherStep.Down));
    }

    [Fact]
    public void Tick_BackendNotHealthy_DealsNoUpsAndTakesThoseDealtBack()
    {
        var rig = Healthy(Dithered);
        Window(rig, 60, end: false);
        Assert.True(rig.Backends.Find("shop").Dither!.Ups > 0);

        Serve(rig, OutcomeClass.ServerError, seconds: 1);
        var after = Asks(rig, 60);
        Turn(rig, OutcomeClass.ServerError);
        var next = Window(rig, 60, serve: OutcomeClass.ServerError);

        Assert.DoesNotContain(after, d => d.Dither == DitherStep.Up);
        Assert.All(after.Where(d => d.Dither == DitherStep.Neutral), d => Assert.Equal(1 - (10.0 / 60), d.Propensity, 0.001));
        Assert.DoesNotContain(next, d => d.Dither == DitherStep.Up);
        Assert.Contains(next, d => d.Dither == DitherStep.Down);
    }

    [Fact]
    public void Decide_WhomDitherNeverTouches_HasNone()
    {
        var listed = new ClientList(["c1", "c2"], []);
        var rig = Healthy(Dithered with { Allow = listed, HoldoutShare = 0.4, Model = ModelMode.On });
        rig.Serve(TestModels.Constant(10));

        var decisions = Window(rig, 60);
        var overridden = rig.Decide("c5", over: new ActiveOverride("1", 3, double.NaN, false));

        Assert.Contains(decisions, d => d.Arm == Arm.Holdout);
        Assert.All(decisions.Where(d => d.Arm == Arm.Holdout), d => Assert.Equal((DitherStep.None, 0.0), (d.Dither, d.Propensity)));
        Assert.All(decisions.Where(d => d.DecidedBy == DecidedBy.List), d => Assert.Equal((DitherStep.None, 0.0), (d.Dither, d.Propensity)));
        Assert.Equal((DitherStep.None, 3.0), (overridden.Dither, overridden.RefillRate));
        Assert.Contains(decisions, d => d.Dither == DitherStep.Up);
    }

    [Fact]
    public void Decide_PolicyWithoutDither_HasNone()
    {
        var decisions = Window(Healthy(Dithered with { Dither = false }), 30);

        Assert.All(decisions, d => Assert.Equal((DitherStep.None, d.EffectiveRate), (d.Dither, d.RefillRate)));
    }

    // At the start of a dither window, with a backend that has shown its base latency.
    private static EngineRig Healthy(Policy policy)
    {
        var rig = new EngineRig(policy, 4096, new BackendOptions { Name = "shop", InitialRate = 600 });
        Serve(rig, OutcomeClass.Ok, seconds: 4);
        Turn(rig, OutcomeClass.Ok);
        return rig;
    }

    // One tick with everybody in the split, the next to deal; then what each is told.
    private static DecisionRecord[] Window(
        EngineRig rig, int clients, Func<int, double>? cost = null, bool end = true, OutcomeClass serve = OutcomeClass.Ok)
    {
        Asks(rig, clients, cost);
        Turn(rig, serve);
        var decisions = Asks(rig, clients, cost);
        if (end)
        {
            Turn(rig, serve);
        }

        return decisions;
    }

    private static DecisionRecord[] Asks(EngineRig rig, int clients, Func<int, double>? cost = null) =>
        [.. Enumerable.Range(0, clients).Select(client => rig.Decide($"c{client}", cost?.Invoke(client) ?? 1))];

    // To the first tick of the next window.
    private static void Turn(EngineRig rig, OutcomeClass serve)
    {
        var window = rig.Time.GetUtcNow().Ticks / ControlLoop.DitherWindow.Ticks;
        while (rig.Time.GetUtcNow().Ticks / ControlLoop.DitherWindow.Ticks == window)
        {
            Serve(rig, serve, seconds: 0.1);
        }
    }

    private static void Serve(EngineRig rig, OutcomeClass outcome, double seconds)
    {
        var controller = rig.Backends.Find("shop").Controller;
        for (var t = 0.0; t < seconds - 1e-9; t += 0.1)
        {
            rig.Pass(0.1);
            for (var i = 0; i < 10; i++)
            {
                var admittedAt = rig.Clock.Now - TimeSpan.FromSeconds(0.05);
                controller.Admitted(1, admittedAt);
                controller.Completed(admittedAt, 0.05, outcome, 1, rig.Clock.Now);
            }

            rig.Loop.Tick(rig.Clock.Now);
        }
    }
}
