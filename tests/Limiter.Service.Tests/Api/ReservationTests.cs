using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Tests.Api;

public sealed class ReservationTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    // The default policy without a model: capacity 20, half of it at the start, 10 tokens/s. Bounds below leave a second of refill.
    [Fact]
    public async Task Commit_LessThanHeld_GivesTheRestBack()
    {
        var reserved = await host.Limiter.ReserveAsync(Estimate("less", 8));

        var settled = await host.Limiter.CommitAsync(new CommitRequest { ReservationId = reserved.ReservationId, ActualCost = 3 });

        Assert.Equal(5, settled.Settled);
        Assert.InRange(settled.Remaining, 7, 20);   // 10 − 8 + 5
    }

    [Fact]
    public async Task Commit_MoreThanHeld_BecomesADebt()
    {
        var reserved = await host.Limiter.ReserveAsync(Estimate("more", 8));

        var settled = await host.Limiter.CommitAsync(new CommitRequest { ReservationId = reserved.ReservationId, ActualCost = 500 });
        var next = await host.Limiter.DecideAsync(new DecideRequest { ClientId = "more" });

        Assert.Equal(-492, settled.Settled);
        Assert.True(settled.Remaining < -400, $"{settled.Remaining}");
        Assert.False(next.Allowed);
        Assert.True(next.RetryAfter.ToTimeSpan() > TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Refund_Twice_IsNotFoundTheSecondTime()
    {
        var reserved = await host.Limiter.ReserveAsync(Estimate("twice", 8));
        var settled = await host.Limiter.RefundAsync(new RefundRequest { ReservationId = reserved.ReservationId });

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await host.Limiter.RefundAsync(new RefundRequest { ReservationId = reserved.ReservationId }));

        Assert.Equal(8, settled.Settled);
        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
    }

    [Fact]
    public async Task Reserve_OverWhatIsThere_IsThrottledWithoutAnId()
    {
        var reserved = await host.Limiter.ReserveAsync(Estimate("over", 19));

        Assert.False(reserved.Decision.Allowed);
        Assert.Equal("", reserved.ReservationId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(601)]
    [InlineData(-5)]
    public async Task Reserve_TtlOutOfRange_IsInvalidArgument(long seconds)
    {
        var request = Estimate("ttl", 1);
        request.Ttl = new Duration { Seconds = seconds };

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await host.Limiter.ReserveAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains("ttl", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public async Task Commit_BadCost_IsInvalidArgumentAndNothingIsSettled(double cost)
    {
        var reserved = await host.Limiter.ReserveAsync(Estimate($"bad{cost}", 8));

        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Limiter.CommitAsync(new CommitRequest { ReservationId = reserved.ReservationId, ActualCost = cost }));
        var settled = await host.Limiter.RefundAsync(new RefundRequest { ReservationId = reserved.ReservationId });

        Assert.Contains("actual_cost", fault.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(8, settled.Settled);
    }

    [Fact]
    public async Task Decide_OneChargeRefuses_TakesNothingAnywhere()
    {
        var tenant = new DecideRequest { ClientId = "tenant", Cost = 0 };
        await host.Limiter.DecideAsync(tenant);
        var before = (await host.Limiter.DecideAsync(tenant)).Remaining;
        var request = new DecideRequest
        {
            ClientId = "member",
            Charges = { new Charge { ClientId = "tenant", Cost = 2 }, new Charge { ClientId = "quota", Cost = 19 } },
        };

        var decision = await host.Limiter.DecideAsync(request);

        Assert.False(decision.Allowed);
        Assert.Equal(DecisionReason.BucketEmpty, decision.Reason);
        Assert.True((await host.Limiter.DecideAsync(tenant)).Remaining >= before);
        Assert.True((await host.Limiter.DecideAsync(new DecideRequest { ClientId = "member", Cost = 0 })).Remaining >= 10);
    }

    [Fact]
    public async Task Decide_AllChargesAllow_TakesFromEach()
    {
        var decision = await host.Limiter.DecideAsync(new DecideRequest
        {
            ClientId = "payer",
            Cost = 4,
            Charges = { new Charge { ClientId = "second", Cost = 6 } },
        });

        Assert.True(decision.Allowed);
        Assert.InRange(decision.Remaining, 5.9, 6.1);
        Assert.InRange((await host.Limiter.DecideAsync(new DecideRequest { ClientId = "second", Cost = 0 })).Remaining, 3.9, 9);   // 10 − 6, and a refill
    }

    [Fact]
    public async Task Decide_TooManyOrBadCharges_AreInvalidArgument()
    {
        var many = new DecideRequest { ClientId = "a" };
        many.Charges.Add(Enumerable.Range(0, 9).Select(i => new Charge { ClientId = $"c{i}" }));
        var bad = new DecideRequest { ClientId = "a", Charges = { new Charge { ClientId = "b", Cost = -1 } } };

        Assert.Contains("charges", (await Refusal(many)).Detail, StringComparison.Ordinal);
        Assert.Contains("charges[0].cost", (await Refusal(bad)).Detail, StringComparison.Ordinal);
    }

    private async Task<Status> Refusal(DecideRequest request) =>
        (await Assert.ThrowsAsync<RpcException>(async () => await host.Limiter.DecideAsync(request))).Status;

    private static ReserveRequest Estimate(string client, double cost) => new() { Request = new DecideRequest { ClientId = client, Cost = cost } };
}
