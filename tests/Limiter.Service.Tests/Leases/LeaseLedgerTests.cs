using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Leases;

/// <summary>What the hot path and the ledger do between two renewals, with a row that a test plays.</summary>
public class LeaseLedgerTests
{
    private static readonly Policy Policy = new() { Name = "p", Domain = "d", Capacity = 100, FallbackRate = 20, ColdStart = 0.5, FailMode = FailMode.Closed };

    private readonly SharedBuckets _shared = new() { Replicas = 2 };
    private readonly EngineRig _rig;
    private readonly LeaseLedger _ledger;

    public LeaseLedgerTests()
    {
        _rig = new EngineRig(Policy, 4096, _shared);
        _ledger = new LeaseLedger(_rig.Clients, _shared);
    }

    [Fact]
    public void Decide_UnknownClient_PassesWhatItsRowSetAside()
    {
        var allowed = Enumerable.Range(0, 60).Count(_ => _rig.Decide().Allowed);

        Assert.Equal(25, allowed);   // half of 100 tokens, over 2 replicas
    }

    [Fact]
    public void Decide_ReplicasNotKnown_WaitsForTheFirstRenewal()
    {
        _shared.Replicas = 0;

        var first = _rig.Decide();
        Renew(given: 5);

        Assert.Equal((false, DecisionReason.BucketEmpty), (first.Allowed, first.Reason));
        Assert.True(first.RetryAfter <= TimeSpan.FromMilliseconds(100));
        Assert.True(_rig.Decide().Allowed);
    }

    [Fact]
    public void Decide_TimePasses_RefillsNothingByItself()
    {
        Assert.Equal(25, Enumerable.Range(0, 60).Count(_ => _rig.Decide().Allowed));
        _rig.Pass(0.9);

        Assert.False(_rig.Decide().Allowed);
    }

    [Fact]
    public void Decide_NoRenewalForASecond_SpendsTheRestThenFails()
    {
        _rig.Decide();
        _rig.Pass(1);

        Assert.Equal(24, Enumerable.Range(0, 24).Count(_ => _rig.Decide().Reason == DecisionReason.WithinLimit));
        Assert.Equal(DecisionReason.FailClosed, _rig.Decide().Reason);
    }

    [Fact]
    public void Decide_NoRenewalForItsLife_SpendsNothing()
    {
        _rig.Decide();
        _rig.Time.Advance(SharedSlice.Life);

        Assert.Equal(DecisionReason.FailClosed, _rig.Decide().Reason);
    }

    [Fact]
    public void Decide_AwayAndFailOpen_LetsStrangersPass()
    {
        var rig = new EngineRig(Policy with { FailMode = FailMode.Open }, 4096, new SharedBuckets { IsAway = true });

        var decision = rig.Decide();

        Assert.Equal((true, DecisionReason.FailOpen, 0), (decision.Allowed, decision.Reason, decision.Taken));
    }

    [Fact]
    public void Decide_CostThatNoSliceCanReach_SaysThatWaitingDoesNotHelp() =>
        Assert.Equal(DecisionReason.CostExceedsCapacity, _rig.Decide(cost: 76).Reason);   // 100 less the 25 set aside for the other

    [Fact]
    public void Prepare_CostOverTheSlice_AsksForIt()
    {
        _rig.Decide(cost: 40);

        var renewal = Assert.Single(Due()).Renewal;

        Assert.Equal((25, 15, 25), (renewal.Kept, renewal.Asked, renewal.Opened));
    }

    [Fact]
    public void Prepare_DebtOfAClientLongSilent_IsTold()
    {
        var client = _rig.Decide().Client;
        Renew(given: 0);
        _rig.Pass(3);
        Renew(given: 0, held: false);   // Closed; what it held went back.

        _rig.Engine.Adjust(client, -7, _rig.Clock.Now);

        Assert.Equal(-7, Assert.Single(Due()).Renewal.Settled);
    }

    [Fact]
    public void Prepare_IdleClient_HandsItsSliceBackAndLeaves()
    {
        _rig.Decide();
        Renew(given: 0);
        _rig.Pass(3);

        var renewal = Assert.Single(Due()).Renewal;

        Assert.Equal((true, 24, 0, 0), (renewal.Leaves, renewal.Settled, renewal.Kept, renewal.Asked));
        Assert.False(_rig.Decide().Allowed);   // Not spent on its way back.
    }

    private List<PendingRenewal> Due()
    {
        var due = new List<PendingRenewal>();
        _ledger.Prepare(_rig.Clock.Now, leave: false, due);
        return due;
    }

    private void Renew(double given, bool held = true) => _ledger.Book(Due(), [new LeaseGrant(0, given, 50, held)], _rig.Clock.Now);
}
