using System.Net;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Tests.Decisions;

public class DecisionEngineTests
{
    private static readonly Policy Plain = new() { Name = "p", Domain = "default" };

    [Theory]
    [InlineData(42.5, 42.5)]
    [InlineData(0.25, 0.25)]
    [InlineData(-3, 0.001)]
    [InlineData(0, 0.001)]
    [InlineData(1000, 999.9999999999999)]
    [InlineData(1e6, 999.9999999999999)]
    public void Decide_DefaultPolicy_RefillRateIsTheClampedPrediction(double prediction, double rate)
    {
        var rig = new EngineRig();
        rig.Serve(TestModels.Constant(prediction));

        var decision = rig.Decide();

        Assert.Equal(prediction, decision.Prediction);
        Assert.Equal(rate, decision.RefillRate);
        Assert.Equal(rate, decision.Guarantee);
        Assert.Equal(Arm.Model, decision.Arm);
        Assert.True(decision.RefillRate is > 0 and < 1000);
    }

    [Fact]
    public void Decide_NoModel_UsesTheFallbackRate()
    {
        var rig = new EngineRig(Plain with { FallbackRate = 7 });

        var decision = rig.Decide();

        Assert.Equal(7, decision.RefillRate);
        Assert.True(double.IsNaN(decision.Prediction));
        Assert.Equal(Arm.None, decision.Arm);
    }

    [Fact]
    public void Decide_ModelSwapped_PredictsByTheNewOneAtOnce()
    {
        var rig = new EngineRig();
        rig.Serve(TestModels.Constant(5, "m1"));
        rig.Decide();

        rig.Serve(TestModels.Constant(9, "m2"));
        var decision = rig.Decide();

        Assert.Equal((9, "m2"), (decision.RefillRate, decision.Model!.Version));
    }

    [Fact]
    public void Decide_RememberedIntervals_PredictsAsTheModelDoes()
    {
        var rig = new EngineRig(Plain with { TrustCallerFeatures = true });
        var model = TestModels.Step(3, 8, feature: FeatureSchema.RequestVolume, threshold: 100);
        rig.Serve(model);
        var random = new Random(2);
        for (var i = 0; i < 1_000; i++)
        {
            var volume = random.NextDouble() * 200;

            var decision = rig.Decide(volume: volume);

            Assert.Equal((float)volume <= 100 ? 3 : 8, decision.Prediction);
        }
    }

    [Fact]
    public void Decide_BucketEmpty_ThrottlesUntilTheMissingTokensAreRefilled()
    {
        var rig = new EngineRig(Plain with { Capacity = 4, ColdStart = 0.5, FallbackRate = 2 });
        Assert.True(rig.Decide().Allowed);
        Assert.True(rig.Decide().Allowed);   // 0.5 · 4 tokens

        var decision = rig.Decide();

        Assert.False(decision.Allowed);
        Assert.Equal((DecisionReason.BucketEmpty, DecidedBy.Bucket), (decision.Reason, decision.DecidedBy));
        Assert.Equal(TimeSpan.FromSeconds(0.5), decision.RetryAfter);   // 1 token / 2 tokens/s
        rig.Time.Advance(decision.RetryAfter);
        Assert.True(rig.Decide().Allowed);
    }

    [Fact]
    public void Decide_CostZero_LooksOnly()
    {
        var rig = new EngineRig(Plain with { Capacity = 4 });

        var decision = rig.Decide(cost: 0);

        Assert.Equal(DecisionReason.LookOnly, decision.Reason);
        Assert.Equal(2, decision.Remaining);
        Assert.Equal(2, rig.Decide(cost: 0).Remaining);
        Assert.Equal(0, rig.LastFeatures[FeatureSchema.RequestVolume]);
    }

    [Fact]
    public void Decide_CostOverCapacity_IsThrottledWithoutRetry()
    {
        var rig = new EngineRig(Plain with { Capacity = 4 });

        var decision = rig.Decide(cost: 4.5);

        Assert.Equal((false, DecisionReason.CostExceedsCapacity, TimeSpan.Zero), (decision.Allowed, decision.Reason, decision.RetryAfter));
    }

    [Fact]
    public void Decide_CallerFeaturesNotTrusted_AreReplacedAndNamed()
    {
        var rig = new EngineRig();

        var decision = rig.Decide(volume: 500, risk: 0.7);

        Assert.Equal(1UL << FeatureSchema.RequestVolume, decision.IgnoredFeatures);
        Assert.Equal(1, rig.LastFeatures[FeatureSchema.RequestVolume]);   // this request
        Assert.Equal((float)0.7, rig.LastFeatures[FeatureSchema.ClientRisk]);
    }

    [Fact]
    public void Decide_NothingGiven_FeaturesComeFromClockAndPolicy()
    {
        var rig = new EngineRig();

        rig.Decide();

        Assert.Equal([1, 0, 0, 12, 0, 1], rig.LastFeatures);   // noon, no risk, good reputation
    }

    [Fact]
    public void Decide_DenyListed_IsThrottledBeforeTheAllowList()
    {
        var listed = new ClientList(["a"], [IPNetwork.Parse("10.1.0.0/16")]);
        var rig = new EngineRig(Plain with { Deny = listed, Allow = listed });

        Assert.Equal((false, DecisionReason.DenyListed), Outcome(rig.Decide("a")));
        Assert.Equal((false, DecisionReason.DenyListed), Outcome(rig.Decide("b", address: IPAddress.Parse("10.1.2.3"))));
        Assert.Equal((true, DecisionReason.WithinLimit), Outcome(rig.Decide("b", address: IPAddress.Parse("10.2.2.3"))));
    }

    [Fact]
    public void Decide_AllowListed_TakesNothing()
    {
        var rig = new EngineRig(Plain with { Allow = new ClientList(["a"], []), Capacity = 2 });
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal((true, DecisionReason.AllowListed), Outcome(rig.Decide("a")));
        }

        Assert.Equal(1, rig.Decide("a").Remaining);
    }

    [Fact]
    public void Decide_Overrides_DenySetOrScaleTheRate()
    {
        var rig = new EngineRig(Plain with { FallbackRate = 10 });

        Assert.Equal((false, DecisionReason.OverrideDenied), Outcome(rig.Decide(over: new ActiveOverride("1", double.NaN, double.NaN, true))));
        Assert.Equal(3, rig.Decide(over: new ActiveOverride("1", 3, double.NaN, false)).RefillRate);
        Assert.Equal(5, rig.Decide(over: new ActiveOverride("1", double.NaN, 0.5, false)).RefillRate);
    }

    [Fact]
    public void Decide_ShadowPolicy_LetsThroughAndSaysSo()
    {
        var rig = new EngineRig(Plain with { Enforce = false, Capacity = 1, ColdStart = 1 });
        rig.Decide();

        Assert.Equal((true, DecisionReason.ShadowPolicy), Outcome(rig.Decide()));
    }

    [Fact]
    public void Decide_ModelInShadow_PredictsButTheFallbackGoverns()
    {
        var rig = new EngineRig(Plain with { Model = ModelMode.Shadow, FallbackRate = 4 });
        rig.Serve(TestModels.Constant(50));

        var decision = rig.Decide();

        Assert.Equal((50, 4, Arm.Shadow), (decision.Prediction, decision.RefillRate, decision.Arm));
    }

    [Fact]
    public void Decide_ChallengerInShadow_PredictsBesideTheChampion()
    {
        var rig = new EngineRig();
        rig.Models.Swap(new ModelSnapshot { Champion = TestModels.Constant(5, "m1"), Challenger = TestModels.Constant(9, "m2"), Stage = ChallengerStage.Shadow });

        var decision = rig.Decide();

        Assert.Equal((5, 9, "m2", Arm.Model), (decision.RefillRate, decision.BesidePrediction, decision.Beside!.Version, decision.Arm));
    }

    [Fact]
    public void Decide_GovernedByTheCanary_HasTheChampionsPredictionBeside()
    {
        var rig = new EngineRig();
        rig.Models.Swap(new ModelSnapshot
        {
            Champion = TestModels.Constant(5, "m1"), Challenger = TestModels.Constant(9, "m2"), Stage = ChallengerStage.Canary, Share = 1, Canary = new("salt", 1),
        });

        var decision = rig.Decide();

        Assert.Equal((9, 5, "m1", Arm.Canary), (decision.Prediction, decision.BesidePrediction, decision.Beside!.Version, decision.Arm));
    }

    [Theory]
    [InlineData(true, "m0")]
    [InlineData(false, null)]
    public void Decide_ChampionWatched_HasThePreviousPredictionBeside(bool watched, string? beside)
    {
        var rig = new EngineRig();
        rig.Models.Swap(new ModelSnapshot { Champion = TestModels.Constant(5, "m1"), Previous = TestModels.Constant(7, "m0"), IsWatched = watched });

        var decision = rig.Decide();

        Assert.Equal((5, beside), (decision.RefillRate, decision.Beside?.Version));
        Assert.Equal(watched ? 7 : double.NaN, decision.BesidePrediction);
    }

    [Fact]
    public void Decide_Canary_GovernsItsShareOfClientsAndNoOther()
    {
        var rig = new EngineRig();
        rig.Models.Swap(new ModelSnapshot
        {
            Champion = TestModels.Constant(5, "m1"),
            Challenger = TestModels.Constant(9, "m2"),
            Stage = ChallengerStage.Canary,
            Share = 0.25,
            Canary = new CanaryMembership("salt", 0.25),
        });

        var canaries = Enumerable.Range(0, 2_000).Select(i => rig.Decide($"c{i}")).Where(d => d.Arm == Arm.Canary).ToArray();

        Assert.InRange(canaries.Length, 400, 600);   // 500, 5 standard deviations
        Assert.All(canaries, d => Assert.Equal((9, "m2"), (d.RefillRate, d.Model!.Version)));
    }

    [Fact]
    public void Decide_HeldOutClients_ArePredictedForAndNotGoverned()
    {
        var rig = new EngineRig(Plain with { HoldoutShare = 0.2, FallbackRate = 3 });
        rig.Serve(TestModels.Constant(50));

        var heldOut = Enumerable.Range(0, 2_000).Select(i => rig.Decide($"c{i}")).Where(d => d.Arm == Arm.Holdout).ToArray();

        Assert.InRange(heldOut.Length, 310, 490);   // 400, 5 standard deviations
        Assert.All(heldOut, d => Assert.Equal((50, 3), (d.Prediction, d.RefillRate)));
    }

    [Fact]
    public void Decide_TableFullOfUsedBuckets_AppliesOneSharedStrictBucket()
    {
        var rig = new EngineRig(Plain with { FallbackRate = 1, Capacity = 10, ColdStart = 1 }, clientsMax: 256);
        for (var i = 0; i < 5_000; i++)
        {
            rig.Decide($"used{i}");   // Each takes a token: no bucket is full.
        }

        var decision = rig.Decide("newcomer");

        Assert.Equal((false, DecisionReason.ClientTableFull), Outcome(decision));
    }

    [Fact]
    public void Decide_KnownClient_AllocatesNothing()
    {
        var rig = new EngineRig();
        rig.Serve(TestModels.Constant(50));
        var features = new double[FeatureSchema.V1.Count];
        Run(1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            var record = Limiter.Decisions.DecisionRecord.Empty;
            for (var i = 0; i < times; i++)
            {
                features.AsSpan().Fill(double.NaN);
                record = Limiter.Decisions.DecisionRecord.Empty;
                rig.Engine.Decide(
                    new Limiter.Decisions.DecisionRequest { Policy = rig.Policy, ClientId = "a"u8, Cost = 1, Features = features, Now = TimeSpan.FromMicroseconds(i) }, ref record);
            }
        }
    }

    private static (bool Allowed, DecisionReason Reason) Outcome(in Limiter.Decisions.DecisionRecord record) => (record.Allowed, record.Reason);
}
