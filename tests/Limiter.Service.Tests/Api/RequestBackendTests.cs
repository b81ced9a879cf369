using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>A request names its backend within what its policy allows.</summary>
public sealed class RequestBackendTests : IDisposable
{
    private const string Policies =
        """
        domains:
          - name: default
            policies:
              - name: api
                backend: eu
                other_backends: [us, asia]
                capacity: 4
                cold_start: 1
                fallback_rate: 0.01
                envelope: { min: 0, max: 1000 }
              - name: alone
                clients: [nobody]
          - name: loose
            policies:
              - name: loose
                other_backends: [us]
        backends:
          - name: eu
          - name: us
          - name: asia
        """;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EngineRig _rig = new();
    private readonly DecisionEvents _events;
    private readonly Decider _decider;
    private readonly OutcomeIntake _outcomes;

    public RequestBackendTests()
    {
        var set = PolicyReader.Read(Policies, FeatureSchema.V1, out var faults);
        Assert.Empty(faults);
        _rig.Backends.Apply(set!.Backends);
        _rig.Policies.Swap(set);
        var options = Options.Create(new LimiterOptions { DecisionLogInterval = TimeSpan.Zero });
        var metrics = new LimiterMetrics(_services.GetRequiredService<IMeterFactory>());
        _events = new DecisionEvents(options, FeatureSchema.V1, new ExplanationQueue(options));
        _decider = new Decider(
            _rig.Engine, _rig.Policies, new OverrideHolder(), FeatureSchema.V1, _rig.Clock, _events, new DecisionLog(options, metrics, NullLogger<DecisionLog>.Instance), new HeavyHitters(), metrics);
        _outcomes = new OutcomeIntake(_rig.Clients, _rig.Policies, _rig.Backends, _rig.Clock, new OutcomeEvents(options), metrics);
    }

    [Theory]
    [InlineData("", "eu")]
    [InlineData("eu", "eu")]
    [InlineData("us", "us")]
    [InlineData("asia", "asia")]
    public void TryDecide_AllowedBackend_IsWhereTheRequestIsInFlight(string named, string expected)
    {
        Assert.Null(_decider.TryDecide(new DecideRequest { ClientId = "a", Backend = named, RequestId = "r" }, _rig.Clock.Now, out var answer));

        Assert.True(answer!.Allowed);
        Assert.All(_rig.Backends.All, backend => Assert.Equal(backend.Name == expected ? 1 : 0, backend.Admissions.Count));
        var published = DecisionBatch.Parser.ParseFrom(_events.Records.TakeAll().Single().Value).Decisions.Single();
        Assert.Equal(("api", expected), (published.Policy, published.Backend));
    }

    [Fact]
    public void TryDecide_AnotherBackend_IsAnotherBucketOfTheClient()
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.True(Decide("eu"));
        }

        Assert.False(Decide("eu"));
        Assert.True(Decide("us"));
    }

    [Theory]
    [InlineData("", "mars", "backend is 'mars'; policy api allows eu, us, asia.")]
    [InlineData("loose", "eu", "backend is 'eu'; policy loose allows us.")]
    public void TryDecide_BackendOutsideThePolicy_NamesTheFieldAndWhatIsAllowed(string domain, string backend, string fault) =>
        Assert.Equal(fault, _decider.TryDecide(new DecideRequest { ClientId = "a", Domain = domain, Backend = backend }, _rig.Clock.Now, out _));

    [Fact]
    public void TryReport_RequestOfAnotherBackend_IsFoundWhereItIsInFlight()
    {
        _decider.TryDecide(new DecideRequest { ClientId = "a", Backend = "us", RequestId = "r" }, _rig.Clock.Now, out _);
        var report = new ReportOutcomesRequest { Outcomes = { new Outcome { RequestId = "r", ClientId = "a", LatencyS = 0.1, Class = OutcomeClass.Ok } } };

        Assert.Null(_outcomes.TryReport(report, out var answer));
        Assert.Equal((1u, 0u), (answer!.Accepted, answer.Unknown));
        Assert.Null(_outcomes.TryReport(report, out answer));
        Assert.Equal((0u, 1u), (answer!.Accepted, answer.Unknown));
    }

    [Fact]
    public void Swap_SamePoliciesAgain_KeepsTheBucketsOfEveryBackend()
    {
        for (var i = 0; i < 4; i++)
        {
            Decide("us");
        }

        _rig.Policies.Swap(PolicyReader.Read(Policies, FeatureSchema.V1, out _)!);

        Assert.False(Decide("us"));
    }

    [Theory]
    [InlineData("[eu]", "is the policy's own backend")]
    [InlineData("[mars]", "not among the backends")]
    [InlineData("[us, us]", "names are unique")]
    public void Read_BadOtherBackends_IsRefusedWithItsPlace(string others, string fault)
    {
        Assert.Null(PolicyReader.Read(Policies.Replace("[us, asia]", others, StringComparison.Ordinal), FeatureSchema.V1, out var faults));

        Assert.Contains(faults, each => each.Path.EndsWith("other_backends", StringComparison.Ordinal) && each.Line == 6 && each.Message.Contains(fault, StringComparison.Ordinal));
    }

    public void Dispose() => _services.Dispose();

    private bool Decide(string backend)
    {
        Assert.Null(_decider.TryDecide(new DecideRequest { ClientId = "a", Backend = backend }, _rig.Clock.Now, out var answer));
        return answer!.Allowed;
    }
}
