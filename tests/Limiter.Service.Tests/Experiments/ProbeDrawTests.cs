using System.Net;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Tests.Experiments;

/// <summary>Probe admissions through the engine and the control loop, in virtual time.</summary>
public class ProbeDrawTests
{
    // Ten clients at 10 tokens/s each, whose buckets hold one token.
    private static readonly Policy Probed = new()
    {
        Name = "probed", Domain = "default", Backend = "shop", Model = ModelMode.Off, FallbackRate = 10, Capacity = 1, ColdStart = 0, Probes = 0.1,
    };

    private static readonly BackendOptions Shop = new() { Name = "shop", InitialRate = 100, ProbeBudget = 0.1 };

    private int _next;

    [Fact]
    public void Decide_ManyWouldBeDenied_DrawsTheShareOfThoseThatMayBe()
    {
        // 100 clients which ask once each before a token is refilled: none owes anything, so each is a draw by itself.
        var rig = Rig(Probed, Shop with { InitialRate = 1e6 });
        var probes = 0;
        for (var i = 0; i < 10_000; i++)
        {
            probes += Ask(rig, $"c{i}").IsProbe ? 1 : 0;
        }

        Assert.InRange(probes, 1000 - 150, 1000 + 150);   // 0.1 · 10,000 ± 5 standard deviations
        Assert.Equal(probes, rig.Backends.Find("shop").Probes.Admitted);
        Assert.Equal(probes, rig.Backends.Find("shop").Probes.Spent, 1e-6);
    }

    [Fact]
    public void Decide_SameRequestId_DrawsTheSame()
    {
        bool[] Draw() => [.. Enumerable.Range(0, 300).Select(i => Rig(Probed, Shop).Decide($"c{i}", requestId: $"r{i}").IsProbe)];

        Assert.Equal(Draw(), Draw());
        Assert.Contains(true, Draw());
    }

    [Fact]
    public void Decide_Probe_SaysSoWithItsPropensityAndWhatWasToThrottle()
    {
        var rig = Rig(Probed, Shop);

        var probe = FirstProbe(rig, "a");

        Assert.Equal((true, DecisionReason.Probe, DecidedBy.Bucket), (probe.Allowed, probe.Reason, probe.DecidedBy));
        Assert.Equal(0.1, probe.Propensity);
        Assert.Equal(TimeSpan.Zero, probe.RetryAfter);
        Assert.Equal((1, -1), (probe.Taken, probe.Remaining));
    }

    [Fact]
    public void Decide_AfterAProbe_RefillsPayItsDebtBeforeOthersPass()
    {
        var rig = Rig(Probed, Shop);
        FirstProbe(rig, "a");

        rig.Pass(0.1);   // pays the debt of one token at 10 tokens/s
        var stillEmpty = rig.Decide("a");
        rig.Pass(0.1);   // earns one

        Assert.False(stillEmpty.Allowed);
        Assert.Equal(TimeSpan.FromSeconds(0.1), stillEmpty.RetryAfter);
        Assert.Equal(DecisionReason.WithinLimit, rig.Decide("a").Reason);
    }

    [Fact]
    public void Decide_BucketInDebt_IsNotProbedAgain()
    {
        var rig = Rig(Probed, Shop);
        FirstProbe(rig, "a");

        Assert.All(Enumerable.Range(0, 500), _ => Assert.False(Ask(rig, "a").IsProbe));
    }

    [Fact]
    public void Decide_BudgetTooSmall_ScalesThePropensityDownAndNeverOverspends()
    {
        // 200 clients ask 20 times a second each for 10 tokens/s: about 2,000 throttled/s, so 0.1 of them would be 200 tokens/s, not 10.
        var rig = Rig(Probed with { FallbackRate = 10 }, Shop);
        var (horvitzThompson, eligible, late) = (0.0, 0L, new List<double>());
        for (var tick = 0; tick < 600; tick++)
        {
            rig.Pass(0.1);
            rig.Loop.Tick(rig.Clock.Now);
            for (var client = 0; client < 200; client++)
            {
                for (var i = 0; i < 2; i++)
                {
                    var before = rig.Decide($"c{client}", cost: 0).Remaining;
                    var decision = Ask(rig, $"c{client}");
                    if (decision.IsProbe)
                    {
                        late.Add(decision.Propensity);
                        horvitzThompson += tick >= 100 ? 1 / decision.Propensity : 0;
                    }

                    eligible += tick >= 100 && before >= 0 && (decision.IsProbe || !decision.Allowed) ? 1 : 0;
                }
            }
        }

        var budget = rig.Backends.Find("shop").Probes;
        Assert.True(budget.Spent <= (60 * budget.Rate) + (10 * budget.Rate), $"{budget.Spent} tokens at {budget.Rate} tokens/s");
        Assert.InRange(budget.Spent, 0.7 * 60 * budget.Rate, 60 * budget.Rate * 1.2);   // what there is to spend is spent
        Assert.True(late[^1] < 0.1, $"{late[^1]}");
        Assert.InRange(horvitzThompson / eligible, 0.8, 1.2);   // inverse propensities count what they stand for: 500 probes, 4.5 %
    }

    [Fact]
    public void Decide_ProbeBudgetOfZero_ProbesNobody()
    {
        var rig = Rig(Probed, Shop with { ProbeBudget = 0 });

        Assert.All(Enumerable.Range(0, 500), i => Assert.False(Ask(rig, $"c{i}").Allowed));
    }

    [Fact]
    public void Decide_WhomProbesNeverTouch_IsNeverProbed()
    {
        var denied = new ClientList(["denied"], [IPNetwork.Parse("10.0.0.0/8")]);
        var limit = new ActiveOverride("1", 1, double.NaN, false);
        var deny = new ActiveOverride("1", double.NaN, double.NaN, true);

        AssertNever(Probed, rig => Ask(rig, "a", risk: 0.81));
        AssertNever(Probed with { Deny = denied }, rig => Ask(rig, "denied"));
        AssertNever(Probed with { Deny = denied }, rig => Ask(rig, "b", address: IPAddress.Parse("10.1.2.3")));
        AssertNever(Probed, rig => Ask(rig, "a", over: limit));
        AssertNever(Probed, rig => Ask(rig, "a", over: deny));
        AssertNever(Probed, rig => Ask(rig, "a", cost: 2));                   // over the capacity
        AssertNever(Probed, rig => rig.Decide("a"));                           // without an id no outcome can be reported
        AssertNever(Probed with { HoldoutShare = 1 }, rig => Ask(rig, "a"));   // with no model, so no arm says so
        AssertNever(Probed with { Probes = 0 }, rig => Ask(rig, "a"));
    }

    [Fact]
    public void Decide_CanaryOrHeldOut_IsNeverProbed()
    {
        var rig = Rig(Probed with { Model = ModelMode.On, HoldoutShare = 0.3 }, Shop);
        rig.Models.Swap(new ModelSnapshot
        {
            Champion = TestModels.Constant(0.001, "m1"), Challenger = TestModels.Constant(0.001, "m2"), Stage = ChallengerStage.Canary, Share = 0.5,
            Canary = new CanaryMembership("salt", 0.5),
        });

        var decisions = Enumerable.Range(0, 4_000).Select(i => Ask(rig, $"c{i}")).ToArray();

        Assert.Contains(decisions, d => d is { IsProbe: true, Arm: Arm.Model });
        Assert.Contains(decisions, d => d.Arm == Arm.Canary);
        Assert.Contains(decisions, d => d.Arm == Arm.Holdout);
        Assert.DoesNotContain(decisions, d => d.IsProbe && d.Arm is Arm.Canary or Arm.Holdout);
    }

    [Fact]
    public void Decide_InFlightCapReached_ProbesNobody()
    {
        var rig = Rig(Probed, Shop);
        var controller = rig.Backends.Find("shop").Controller;
        for (var i = 0; i < 40; i++)
        {
            rig.Pass(0.1);
            for (var j = 0; j < 10; j++)
            {
                controller.Admitted(1, rig.Clock.Now - TimeSpan.FromSeconds(0.05));
                controller.Completed(rig.Clock.Now - TimeSpan.FromSeconds(0.05), 0.05, OutcomeClass.Ok, 1, rig.Clock.Now);
            }

            rig.Loop.Tick(rig.Clock.Now);
        }

        controller.Admitted(controller.Cap, rig.Clock.Now);

        Assert.All(Enumerable.Range(0, 500), i => Assert.False(Ask(rig, $"c{i}").Allowed));
    }

    [Fact]
    public void Decide_PolicyWithoutProbes_NeverSaysPropensity()
    {
        var decision = Rig(Probed with { Probes = 0 }, Shop).Decide(requestId: "r");

        Assert.Equal((false, 0.0, Limiter.Experiments.DitherStep.None), (decision.IsProbe, decision.Propensity, decision.Dither));
    }

    // A budget that has been filling for a while.
    private static EngineRig Rig(Policy policy, BackendOptions backend)
    {
        var rig = new EngineRig(policy, 1 << 15, backend);
        for (var i = 0; i < 120; i++)
        {
            rig.Pass(0.1);
            rig.Loop.Tick(rig.Clock.Now);
        }

        return rig;
    }

    private DecisionRecord Ask(EngineRig rig, string client, double cost = 1, double risk = double.NaN, IPAddress? address = null, ActiveOverride? over = null) =>
        rig.Decide(client, cost, risk, address: address, over: over, requestId: $"r{_next++}");

    private DecisionRecord FirstProbe(EngineRig rig, string client)
    {
        while (true)
        {
            var decision = Ask(rig, client);
            if (decision.IsProbe)
            {
                return decision;
            }

            Assert.True(_next < 1_000);
        }
    }

    private static void AssertNever(Policy policy, Func<EngineRig, DecisionRecord> ask)
    {
        var rig = Rig(policy, Shop);
        for (var i = 0; i < 500; i++)
        {
            Assert.False(ask(rig).IsProbe);
        }
    }
}
