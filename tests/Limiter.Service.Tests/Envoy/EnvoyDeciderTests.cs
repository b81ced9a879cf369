using System.Diagnostics.Metrics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Tests.Envoy;

public sealed class EnvoyDeciderTests : IDisposable
{
    private const string Rules = """
        domain: web
        descriptors:
          - key: path
            value: /login
            rate_limit: { name: login, unit: minute, requests_per_unit: 3 }
          - key: path
            value: /img/*
            share_threshold: true
            rate_limit: { unit: second, requests_per_unit: 5 }
          - key: path
            rate_limit: { unit: hour, requests_per_unit: 2 }
          - key: blocked
            rate_limit: { unit: second, requests_per_unit: 0 }
          - key: free
            rate_limit: { unlimited: true }
          - key: watched
            shadow_mode: true
            rate_limit: { unit: day, requests_per_unit: 1 }
          - key: quota
            value: a
            quota_mode: true
            rate_limit: { unit: day, requests_per_unit: 1 }
          - key: quota
            value: b
            quota_mode: true
            rate_limit: { unit: day, requests_per_unit: 2 }
          - key: narrow
            rate_limit: { name: narrow, unit: day, requests_per_unit: 1, replaces: [{ name: login }] }
          - key: outer
            metadata: { team: blue }
            descriptors:
              - key: inner
                rate_limit: { unit: week, requests_per_unit: 4 }
        """;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EngineRig _rig = new();
    private readonly EnvoyAnswer _answer = new();
    private readonly EnvoyDecider _decider;

    public EnvoyDeciderTests()
    {
        var options = Options.Create(new LimiterOptions());
        var metrics = new LimiterMetrics(_services.GetRequiredService<IMeterFactory>());
        var files = new LimitFiles(options, _rig.Policies, _rig.Time, metrics, NullLogger<LimitFiles>.Instance);
        var read = LimitFileReader.Read(Rules, _rig.Policies, out var faults);
        Assert.Empty(faults);
        files.Apply(new Dictionary<string, LimitRule> { [read!.Value.Domain] = read.Value.Root });
        _decider = new EnvoyDecider(
            new DescriptorResolver(files, _rig.Policies), _rig.Engine, new OverrideHolder(), FeatureSchema.V1, _rig.Clock,
            new DecisionEvents(options, FeatureSchema.V1, new ExplanationQueue(options)), new HeavyHitters(), metrics);
    }

    [Fact]
    public void TryDecide_ExactRule_AllowsItsNumberThenSaysWhenTheNextFits()
    {
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(Code.Ok, Ask(("path", "/login")).OverallCode));

        var answer = Ask(("path", "/login"));

        Assert.Equal(Code.OverLimit, answer.OverallCode);
        var status = answer.Statuses[0];
        Assert.Equal(("login", 3u, RateLimit.Types.Unit.Minute), (status.CurrentLimit.Name, status.CurrentLimit.RequestsPerUnit, status.CurrentLimit.Unit));
        Assert.Equal(0u, status.LimitRemaining);
        Assert.Equal(20, status.DurationUntilReset.ToTimeSpan().TotalSeconds, 0.01);   // 60 s / 3
        _rig.Pass(20);
        Assert.Equal(Code.Ok, Ask(("path", "/login")).OverallCode);
    }

    [Fact]
    public void TryDecide_KeyWithoutValue_CountsEachValueApart()
    {
        Assert.Equal(Code.Ok, Ask(("path", "/a")).OverallCode);
        Assert.Equal(Code.Ok, Ask(("path", "/a")).OverallCode);

        Assert.Equal(Code.OverLimit, Ask(("path", "/a")).OverallCode);
        Assert.Equal(Code.Ok, Ask(("path", "/b")).OverallCode);
    }

    [Fact]
    public void TryDecide_SharedPattern_CountsItsValuesTogether()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Code.Ok, Ask(("path", $"/img/{i}")).OverallCode);
        }

        Assert.Equal(Code.OverLimit, Ask(("path", "/img/9")).OverallCode);
    }

    [Theory]
    [InlineData("unknown", "x")]
    [InlineData("outer", "x")]       // a limit lies deeper only
    [InlineData("PATH", "/login")]   // case-sensitive
    public void TryDecide_NothingMatches_IsOkWithoutALimit(string key, string value)
    {
        var answer = Ask((key, value));

        Assert.Equal(Code.Ok, answer.OverallCode);
        Assert.Null(Assert.Single(answer.Statuses).CurrentLimit);
    }

    [Fact]
    public void TryDecide_Nested_LimitsAtTheLastEntryOnly()
    {
        var answer = Ask(("outer", "1"), ("inner", "2"));

        Assert.Equal((RateLimit.Types.Unit.Week, 3u), (answer.Statuses[0].CurrentLimit.Unit, answer.Statuses[0].LimitRemaining));
        Assert.Null(Ask(("outer", "1"), ("inner", "2"), ("deeper", "3")).Statuses[0].CurrentLimit);
    }

    [Fact]
    public void TryDecide_BlockedUnlimitedAndShadow_DoAsTheySay()
    {
        Assert.Equal(Code.OverLimit, Ask(("blocked", "x")).OverallCode);
        Assert.Equal(uint.MaxValue, Ask(("free", "x")).Statuses[0].LimitRemaining);
        Ask(("watched", "x"));
        Assert.Equal(Code.Ok, Ask(("watched", "x")).OverallCode);
    }

    [Fact]
    public void TryDecide_Quotas_DenyOnlyWhenAllAreOver()
    {
        Assert.Equal(Code.Ok, AskAll(Descriptor(("quota", "a")), Descriptor(("quota", "b"))).OverallCode);
        Assert.Equal(Code.Ok, AskAll(Descriptor(("quota", "a")), Descriptor(("quota", "b"))).OverallCode);

        Assert.Equal(Code.OverLimit, AskAll(Descriptor(("quota", "a")), Descriptor(("quota", "b"))).OverallCode);
    }

    [Fact]
    public void TryDecide_Replaced_IsNotChecked()
    {
        Spend(("path", "/login"), 3);

        Assert.Equal(Code.Ok, AskAll(Descriptor(("path", "/login")), Descriptor(("narrow", "x"))).OverallCode);
    }

    [Fact]
    public void TryDecide_OneDescriptorOver_TakesNothingFromTheOthers()
    {
        Spend(("path", "/a"), 2);

        var denied = AskAll(Descriptor(("path", "/login")), Descriptor(("path", "/a")));

        Assert.Equal(Code.OverLimit, denied.OverallCode);
        Assert.Equal([Code.Ok, Code.OverLimit], denied.Statuses.Select(s => s.Code));
        Assert.Equal(2u, Ask(("path", "/login")).Statuses[0].LimitRemaining);   // 3 − this one
    }

    [Fact]
    public void TryDecide_HitsOfTheRequest_CountWhereTheDescriptorHasNone()
    {
        var request = Request(Descriptor(("path", "/login")));
        request.HitsAddend = 2;

        Assert.Equal(1u, Decide(request).Statuses[0].LimitRemaining);
        Assert.Equal(Code.OverLimit, Decide(request).OverallCode);   // as a whole, not split
    }

    [Fact]
    public void TryDecide_HitsZero_LooksAndTakesNothing()
    {
        var look = Descriptor(("path", "/login"));
        look.HitsAddend = 0;

        Assert.Equal(3u, AskAll(look).Statuses[0].LimitRemaining);
        Assert.Equal(3u, AskAll(look).Statuses[0].LimitRemaining);
    }

    [Fact]
    public void TryDecide_NegativeHits_GiveBack()
    {
        Spend(("path", "/login"), 3);
        var refund = Descriptor(("path", "/login"));
        (refund.HitsAddend, refund.IsNegativeHits) = (2, true);

        Assert.Equal(2u, AskAll(refund).Statuses[0].LimitRemaining);
        Assert.Equal(Code.Ok, Ask(("path", "/login")).OverallCode);
    }

    [Fact]
    public void TryDecide_OwnLimit_ReplacesTheConfiguredOne()
    {
        var own = Descriptor(("path", "/login"));
        own.Limit = new RateLimitDescriptor.Types.RateLimitOverride { RequestsPerUnit = 100, Unit = RateLimitUnit.Hour };

        var status = AskAll(own).Statuses[0];

        Assert.Equal((100u, RateLimit.Types.Unit.Hour, 99u), (status.CurrentLimit.RequestsPerUnit, status.CurrentLimit.Unit, status.LimitRemaining));
    }

    [Fact]
    public void TryDecide_AdaptiveDomain_AnswersByThePredictionAndSaysTheExactRate()
    {
        _rig.Serve(TestModels.Constant(7.5));

        var answer = Decide(Request("default", Descriptor(("remote_address", "192.0.2.7"))));

        var status = answer.Statuses[0];
        Assert.Equal(("default", 7u, RateLimit.Types.Unit.Second), (status.CurrentLimit.Name, status.CurrentLimit.RequestsPerUnit, status.CurrentLimit.Unit));
        Assert.Equal(7.5, answer.DynamicMetadata.Fields["descriptor_0"].StructValue.Fields["refill_rate"].NumberValue);
        Assert.Equal("m1", answer.DynamicMetadata.Fields["descriptor_0"].StructValue.Fields["model_version"].StringValue);
    }

    [Fact]
    public void TryDecide_HammeredAcrossWindows_NeverAdmitsMoreThanRateTimesTimeAndBurst()
    {
        var admitted = 0;
        const int Seconds = 30;
        for (var step = 0; step < Seconds * 50; step++)
        {
            admitted += Ask(("path", "/img/x")).OverallCode == Code.Ok ? 1 : 0;
            _rig.Pass(0.02);
        }

        Assert.InRange(admitted, 5 * Seconds - 1, (5 * Seconds) + 5);
    }

    [Theory]
    [InlineData("", 1, "domain must not be empty")]
    [InlineData("web", 0, "descriptor list must not be empty")]
    [InlineData("web", 65, "descriptors")]
    public void TryDecide_BadRequest_SaysWhat(string domain, int descriptors, string expected)
    {
        var request = new RateLimitRequest { Domain = domain };
        request.Descriptors.Add(Enumerable.Repeat(Descriptor(("k", "v")), descriptors));

        Assert.Contains(expected, _decider.TryDecide(request, _answer), StringComparison.Ordinal);
    }

    [Fact]
    public void TryDecide_BadDescriptor_SaysWhich()
    {
        var huge = Descriptor(("path", "/login"));
        huge.HitsAddend = ulong.MaxValue;
        var unit = Descriptor(("path", "/login"));
        unit.Limit = new RateLimitDescriptor.Types.RateLimitOverride { RequestsPerUnit = 1 };

        Assert.Contains("descriptors[1].entries", _decider.TryDecide(Request(Descriptor(("a", "b")), new RateLimitDescriptor()), _answer), StringComparison.Ordinal);
        Assert.Contains("descriptors[0].entries", _decider.TryDecide(Request(Descriptor(("", "b"))), _answer), StringComparison.Ordinal);
        Assert.Contains("hits_addend", _decider.TryDecide(Request(huge), _answer), StringComparison.Ordinal);
        Assert.Contains("limit.unit", _decider.TryDecide(Request(unit), _answer), StringComparison.Ordinal);
    }

    [Fact]
    public void Wire_BytesOfTheProtocol_AreReadAndWrittenAsDocumented()
    {
        var request = RateLimitRequest.Parser.ParseFrom(Convert.FromHexString("0a0164120c0a060a016b1201761a0208041802"));
        var response = new RateLimitResponse { OverallCode = Code.OverLimit };
        response.Statuses.Add(new DescriptorStatus
        {
            Code = Code.OverLimit,
            CurrentLimit = new RateLimit { Name = "x", RequestsPerUnit = 5, Unit = RateLimit.Types.Unit.Second },
            DurationUntilReset = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
        });

        Assert.Equal(("d", "k", "v", 4ul, 2u), (request.Domain, request.Descriptors[0].Entries[0].Key, request.Descriptors[0].Entries[0].Value, request.Descriptors[0].HitsAddend!.Value, request.HitsAddend));
        Assert.Equal(Convert.FromHexString("0802120f0802120708051001" + "1a017822020801"), response.ToByteArray());
    }

    [Theory]
    [InlineData("descriptors: []", "domain")]
    [InlineData("domain: d\ndescriptors:\n  - value: v", "key")]
    [InlineData("domain: d\ndescriptors:\n  - key: k\n    rate_limit: { requests_per_unit: 5 }", "unit")]
    [InlineData("domain: d\ndescriptors:\n  - key: k\n    rate_limit: { unit: fortnight, requests_per_unit: 5 }", "unit")]
    [InlineData("domain: d\ndescriptors:\n  - key: k\n    rate_limit: { unit: second, requests_per_unit: -5 }", "requests_per_unit")]
    [InlineData("domain: d\ndescriptors:\n  - key: k\n    rate_limit: { unit: second, unlimited: true }", "unit")]
    [InlineData("domain: d\ndescriptors:\n  - key: k\n  - key: k", "descriptors")]
    [InlineData("domain: d\ndescriptors:\n  - key: k\n    rate_limt: { unit: second }", "rate_limt")]
    public void Read_BadFile_IsRefusedWithItsPlace(string yaml, string expected)
    {
        var read = LimitFileReader.Read(yaml, new PolicyHolder(), out var faults);

        Assert.Null(read);
        Assert.Contains(faults, fault => fault.Path.EndsWith(expected, StringComparison.Ordinal) && fault.Line >= 1);
    }

    public void Dispose() => _services.Dispose();

    private void Spend((string Key, string Value) entry, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(Code.Ok, Ask(entry).OverallCode);
        }
    }

    private RateLimitResponse Ask(params (string Key, string Value)[] entries) => AskAll(Descriptor(entries));

    private RateLimitResponse AskAll(params RateLimitDescriptor[] descriptors) => Decide(Request(descriptors));

    private RateLimitResponse Decide(RateLimitRequest request)
    {
        Assert.Null(_decider.TryDecide(request, _answer));
        Assert.Equal(request.Descriptors.Count, _answer.Response.Statuses.Count);
        return _answer.Response.Clone();
    }

    private static RateLimitRequest Request(params RateLimitDescriptor[] descriptors) => Request("web", descriptors);

    private static RateLimitRequest Request(string domain, params RateLimitDescriptor[] descriptors)
    {
        var request = new RateLimitRequest { Domain = domain };
        request.Descriptors.Add(descriptors);
        return request;
    }

    private static RateLimitDescriptor Descriptor(params (string Key, string Value)[] entries)
    {
        var descriptor = new RateLimitDescriptor();
        descriptor.Entries.Add(entries.Select(entry => new RateLimitDescriptor.Types.Entry { Key = entry.Key, Value = entry.Value }));
        return descriptor;
    }
}
