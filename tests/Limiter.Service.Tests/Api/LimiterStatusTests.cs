using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Api;

public sealed class LimiterStatusTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    private LimiterStatusReporter Reporter => host.Services.GetRequiredService<LimiterStatusReporter>();

    [Fact]
    public async Task Report_Clients_HaveTheirDecisionsAndThrottledOnes()
    {
        for (var i = 0; i < 30; i++)
        {
            await host.Limiter.DecideAsync(new DecideRequest { ClientId = "greedy" });
        }

        await host.Limiter.DecideAsync(new DecideRequest { ClientId = "modest" });
        var clients = Reporter.Report(includeClients: true).TopClients;

        Assert.Equal("greedy", clients[0].ClientId);
        Assert.Equal((30ul, 10.0), (clients[0].Decisions, clients[0].RefillRate));
        Assert.InRange((double)clients[0].Throttled, 1, 20);   // ten tokens at first, ten a second after
        Assert.Equal((1ul, 0ul), (clients[1].Decisions, clients[1].Throttled));
        Assert.All(clients, client => Assert.Equal(("default", ""), (client.Policy, client.Backend)));
    }

    [Fact]
    public void Report_ProbesAndReserves_AreInTheBackend()
    {
        var backend = host.Services.GetRequiredService<BackendDirectory>().Find("shop");
        backend.Probes.Tick(rate: 5, seconds: 1, TimeSpan.Zero);
        backend.Probes.Tick(rate: 5, seconds: 1, TimeSpan.FromDays(1));
        Assert.True(backend.Probes.TrySpend(2.5, TimeSpan.FromDays(1)));

        var status = Reporter.Report(includeClients: false).Backends.Single(b => b.Name == "shop");

        Assert.Equal((1ul, 2.5, 1.0), (status.Probes, status.ProbeCost, status.ProbeScale));
        Assert.True(status.ProbeBudget > 0);
        Assert.Equal((0u, 0.0, 0.0), (status.DitheredClients, status.DitherUps, status.ReservedShare));
    }

    [Fact]
    public void Report_AutoModelAndSchedule_AreInThePolicy()
    {
        var policies = new PolicyHolder();
        var policy = new Policy { Name = "auto", Domain = "default", Backend = "shop", Model = ModelMode.Auto, HoldoutShare = 0.1 };
        var always = new ScheduleRule(0b111_1111, TimeSpan.Zero, TimeSpan.FromDays(1), policy with { Weight = 3 });
        var auto = policies.Swap(new PolicySet([policy with { Schedule = [always] }], [])).Policies[0];
        for (var block = 1; block <= 3; block++)
        {
            auto.Auto!.Judge(new ArmComparison(90, 10, 0.4, 0.1, 0.0004), "m1", AutoModel.Block * block);
        }

        var status = Reporter.ToMessage(auto);

        Assert.Equal(("auto", "shadow", 3ul, 1ul, 0u), (status.Model, status.AutoModel.State, status.AutoModel.Blocks, status.AutoModel.Withdrawn, status.ScheduleRule));
        Assert.Equal((90u, 10u, 0.4, 0.1, 0.0004), (
            status.AutoModel.GovernedClients, status.AutoModel.OtherClients, status.AutoModel.GovernedLoss, status.AutoModel.OtherLoss, status.AutoModel.PValue));
    }

    [Fact]
    public void ToEvent_ProbeAndDither_HasThemWithTheTierAsWeight()
    {
        var policy = new Policy { Name = "p", Domain = "default", Backend = "shop", Weight = 2 };
        var record = Limiter.Decisions.DecisionRecord.Empty;
        (record.Allowed, record.IsProbe, record.Reason, record.Propensity, record.Dither) = (true, true, DecisionReason.Probe, 0.01, DitherStep.Down);

        var decision = DecisionMessages.ToEvent(new DecideRequest { ClientId = "a" }, "r", null, policy, record, [0, 0, 0.9, 0, 0, 1], 1);

        Assert.Equal((true, DecisionReason.Probe, 0.01, 0.92, 2.0), (decision.Probe, decision.Reason, decision.Propensity, decision.Dither, decision.Weight));
    }
}
