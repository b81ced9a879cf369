using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Policies;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Tests.Envoy;

public sealed class EnvoyAnswerTests
{
    [Fact]
    public void Fill_WhateverItHeldBefore_IsAsNew()
    {
        var random = new Random(61);
        var answer = new EnvoyAnswer();
        for (var round = 0; round < 3_000; round++)
        {
            var checks = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Check(random)).ToArray();
            var denied = random.Next(2) == 0;
            var expected = new EnvoyAnswer();

            answer.Fill(checks, denied);
            expected.Fill(checks, denied);

            Assert.Equal(expected.Response, answer.Response);
        }
    }

    [Fact]
    public void Fill_OneDescriptorUnderAPolicy_SaysWhatDecided()
    {
        var answer = new EnvoyAnswer();
        var check = new DescriptorCheck { Policy = new Policy { Name = "free", Domain = "web" }, Hits = 1 };
        check.Record.Allow(DecidedBy.Bucket, DecisionReason.WithinLimit);
        (check.Record.RefillRate, check.Record.Capacity, check.Record.Remaining) = (2, 10, 7);

        answer.Fill([check], denied: false);

        var status = Assert.Single(answer.Response.Statuses);
        Assert.Equal((Code.Ok, "free", 2u, 7u), (status.Code, status.CurrentLimit.Name, status.CurrentLimit.RequestsPerUnit, status.LimitRemaining));
        Assert.Equal(Duration.FromTimeSpan(TimeSpan.FromSeconds(1.5)), status.DurationUntilReset);
        var metadata = answer.Response.DynamicMetadata.Fields["descriptor_0"].StructValue.Fields;
        Assert.Equal((2, "", "within_limit", "bucket"), (metadata["refill_rate"].NumberValue, metadata["model_version"].StringValue, metadata["reason"].StringValue, metadata["decided_by"].StringValue));
    }

    [Fact]
    public void Rent_MessageIsNotWrittenYet_IsAnother()
    {
        var first = EnvoyAnswer.Rent();
        var second = EnvoyAnswer.Rent();
        Assert.NotSame(first, second);

        EnvoyAnswer.Written(first.Response);
        Assert.NotSame(second, EnvoyAnswer.Rent());   // The first is forgotten, the second still under way.

        var third = EnvoyAnswer.Rent();
        EnvoyAnswer.Written(third.Response);
        Assert.Same(third, EnvoyAnswer.Rent());
    }

    private static DescriptorCheck Check(Random random)
    {
        var policy = random.Next(4) == 0 ? null : new Policy { Name = $"p{random.Next(3)}", Domain = "web" };
        var limit = random.Next(2) == 0
            ? null
            : new StaticLimit($"l{random.Next(3)}", (uint)random.Next(3), RateLimit.Types.Unit.Hour, random.Next(3) == 0, [], policy);
        var check = new DescriptorCheck
        {
            Policy = policy,
            Limit = limit,
            Rule = random.Next(3) == 0 ? Rule(random, limit) : null,
            Hits = random.Next(-1, 3),
            IsReplaced = random.Next(5) == 0,
            IsOver = random.Next(2) == 0,
        };
        ref var record = ref check.Record;
        record.Allow(DecidedBy.Bucket, DecisionReason.WithinLimit);
        (record.RefillRate, record.Capacity, record.Remaining) = (random.Next(1, 100), random.Next(1, 100), random.Next(-2, 50));
        record.RetryAfter = TimeSpan.FromMilliseconds(random.Next(0, 5_000));
        return check;
    }

    private static LimitRule Rule(Random random, StaticLimit? limit) => new()
    {
        Limit = limit,
        Shadow = random.Next(2) == 0,
        Quota = random.Next(2) == 0,
        Metadata = random.Next(2) == 0 ? null : new Struct { Fields = { ["team"] = Value.ForString("blue"), ["descriptor_0"] = Value.ForNull() } },
    };
}
