using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Live;
using RateLimitSuite.Dashboard.Overview;

namespace RateLimitSuite.Dashboard.Tests.Overview;

public sealed class HealthVerdictTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Snapshot Well = new(
        Noon,
        new Answer<LimiterStatus>(new LimiterStatus { Decisions = 1, Champion = new ServedModel { Version = "m" } }, Noon, ""),
        new Answer<DriftView>(new DriftView(new DriftStatus { Verdict = Verdict.Healthy }, [], []), Noon, ""),
        new Answer<TrainerView>(new TrainerView(new TrainerStatus(), [], [], ChainIntact: true), Noon, ""),
        new Answer<ExplainerStatus>(new ExplainerStatus(), Noon, ""),
        new Answer<ClientsView>(new ClientsView([], [], []), Noon, ""),
        [], ShapView.Empty, []);

    [Fact]
    public void Of_AllWell_IsHealthyWithoutFindings()
    {
        var verdict = HealthVerdict.Of(Well);

        Assert.Equal(HealthLevel.Healthy, verdict.Level);
        Assert.Empty(verdict.Findings);
    }

    [Fact]
    public void Of_BrokerAway_IsAWarning()
    {
        var verdict = HealthVerdict.Of(Well with { BrokerProblem = "The broker does not answer." });

        Assert.Equal(HealthLevel.Warning, verdict.Level);
        Assert.Equal(["The broker does not answer."], verdict.Findings);
    }

    [Fact]
    public void Of_LimiterAway_IsUnhealthyAndSaysSoFirst()
    {
        var verdict = HealthVerdict.Of(Well with
        {
            Limiter = Well.Limiter with { Problem = "The limiter does not answer." },
            Trainer = Well.Trainer with { Problem = "The trainer does not answer." },
        });

        Assert.Equal(HealthLevel.Unhealthy, verdict.Level);
        Assert.Equal(["The limiter does not answer.", "The trainer does not answer."], verdict.Findings);
    }

    [Theory]
    [InlineData(Verdict.Drift, HealthLevel.Unhealthy)]
    [InlineData(Verdict.Warning, HealthLevel.Warning)]
    [InlineData(Verdict.Unknown, HealthLevel.Unknown)]
    public void Of_DriftVerdict_IsTakenOver(Verdict drift, HealthLevel level)
    {
        var status = new DriftStatus { Verdict = drift, Detectors = { new DetectorState { Name = "mae", Firing = true } } };

        var verdict = HealthVerdict.Of(Well with { Drift = Well.Drift with { Value = new DriftView(status, [], []) } });

        Assert.Equal(level, verdict.Level);
        Assert.Single(verdict.Findings);
    }

    [Fact]
    public void Of_BackendUnobserved_WarnsByItsName()
    {
        var status = new LimiterStatus { Decisions = 9, Champion = new ServedModel(), Backends = { new BackendStatus { Name = "orders" } } };

        var verdict = HealthVerdict.Of(Well with { Limiter = Well.Limiter with { Value = status } });

        Assert.Equal(HealthLevel.Warning, verdict.Level);
        Assert.Contains("orders", Assert.Single(verdict.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_BrokenHistory_IsUnhealthy()
    {
        var view = new TrainerView(new TrainerStatus(), [], [new HistoryEntry { Number = 1 }], ChainIntact: false);

        Assert.Equal(HealthLevel.Unhealthy, HealthVerdict.Of(Well with { Trainer = Well.Trainer with { Value = view } }).Level);
    }
}
