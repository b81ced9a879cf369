using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Control;

/// <summary>Engine and control loop together, a tick at a time: who gets what of a parent that never has enough.</summary>
public class ControlLoopTests
{
    private static readonly BackendOptions Shop = new() { Name = "shop", InitialRate = 100 };

    private static readonly Policy Plain = new() { Name = "plain", Domain = "default", Backend = "shop", Model = ModelMode.Off, Weight = 2 };

    [Fact]
    public void Tick_RiskyClient_HasItsWeightLessWhatRiskTakes()
    {
        var rig = new EngineRig(Plain, 4096, Shop);

        var (safe, risky) = (0.0, 0.0);
        for (var tick = 0; tick < 30; tick++)
        {
            rig.Pass(0.1);
            for (var i = 0; i < 50; i++)
            {
                safe = rig.Decide("safe", risk: 0).EffectiveRate;
                risky = rig.Decide("risky", risk: 0.9).EffectiveRate;
            }

            rig.Loop.Tick(rig.Clock.Now);
        }

        Assert.Equal(1 - (0.8 * 0.9), risky / safe, 1e-4);   // tier 2 both
        Assert.Equal(SplitWeight.Of(2, 0.9) / SplitWeight.Of(2, 0), risky / safe, 1e-4);
        Assert.Equal(100, risky + safe, 1e-3);
    }

    [Fact]
    public void Tick_PriorityReserve_IsServedFirstUnderAFlood()
    {
        var rig = new EngineRig(Plain, 4096, Shop);
        rig.Policies.Swap(new PolicySet(
            [Plain with { Name = "gold", Clients = new ClientPatterns(["gold*"]), Reserve = 0.3, Weight = 1 }, Plain with { Name = "rest", Weight = 1 }], [Shop]));

        double Rate(string client, int perTick)
        {
            var rate = 0.0;
            for (var i = 0; i < perTick; i++)
            {
                rate = rig.Decide(client, policy: rig.Policies.Current.Resolve("default", client)).EffectiveRate;
            }

            return rate;
        }

        double gold = 0, rest = 0;
        for (var tick = 0; tick < 30; tick++)
        {
            rig.Pass(0.1);
            gold = Rate("gold-1", perTick: 4);   // 40/s
            for (var i = 0; i < 9; i++)
            {
                rest = Rate($"other{i}", perTick: 50);
            }

            rig.Loop.Tick(rig.Clock.Now);
        }

        Assert.Equal(30, gold, 1e-3);      // its part by weight would be 10
        Assert.Equal(70 / 9.0, rest, 1e-3);
        Assert.Equal(0.3, rig.Backends.Find("shop").Controller.ReservedShare, 1e-6);
    }

    [Fact]
    public void IsAtCap_ReserveNotInFlight_IsKeptFreeForItsOwn()
    {
        var rig = new EngineRig(Plain, 4096, Shop);
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

        controller.ReservedShare = 0.4;
        controller.Admitted(0.65 * controller.Cap, rig.Clock.Now);

        Assert.True(controller.IsAtCap(1));
        Assert.False(controller.IsAtCap(1, reserved: true));
        controller.Admitted(0.2 * controller.Cap, rig.Clock.Now, reserved: true);
        controller.ReservedShare = 0.2;   // all of it is in flight
        Assert.False(controller.IsAtCap(1));
    }

    [Fact]
    public void Tick_ModelTakesOver_ItsGuaranteeRisesByAFifthASecondAndFallsFreely()
    {
        // Lending off: the rate is the guarantee.
        var rig = new EngineRig(Plain with { Model = ModelMode.On, Weight = 1 }, 4096, Shop with { Lending = false, InitialRate = 300 });
        Turn(rig, seconds: 1);
        Assert.Equal(30, rig.Decide("c0").EffectiveRate, 1e-4);   // 300 / 10 clients: no model

        rig.Serve(TestModels.Constant(100));
        Turn(rig, seconds: 1);
        var risen = rig.Decide("c0").EffectiveRate;
        Turn(rig, seconds: 2);
        var later = rig.Decide("c0").EffectiveRate;
        rig.Serve(TestModels.Constant(1, "m2"));
        Turn(rig, seconds: 0.1);

        Assert.Equal(30 * 1.2, risen, 1e-3);
        Assert.Equal(30 * 1.2 * 1.2 * 1.2, later, 1e-3);
        Assert.Equal(1, rig.Decide("c0").EffectiveRate, 1e-4);
    }

    [Fact]
    public void Tick_PolicyMovesToAnotherBackend_ItsClientsJoinThatSplit()
    {
        var other = Shop with { Name = "other", InitialRate = 40 };
        var rig = new EngineRig(Plain, 4096, Shop, other);
        Turn(rig, seconds: 1);

        rig.Policies.Swap(new PolicySet([Plain with { Backend = "other" }], [Shop, other]));
        Turn(rig, seconds: 3);

        Assert.Empty(rig.Backends.Find("shop").Clients);
        Assert.Equal(10, rig.Backends.Find("other").Clients.Count);
        Assert.Equal(4, rig.Decide("c0").EffectiveRate, 1e-4);
    }

    // Ten clients which ask once a tick each.
    private static void Turn(EngineRig rig, double seconds)
    {
        for (var t = 0.0; t < seconds - 1e-9; t += 0.1)
        {
            rig.Pass(0.1);
            for (var client = 0; client < 10; client++)
            {
                rig.Decide($"c{client}");
            }

            rig.Loop.Tick(rig.Clock.Now);
        }
    }
}
