using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Tests.Api;

public sealed class LimiterApiTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    [Fact]
    public async Task Decide_DefaultDomain_AnswersByTheFallbackRateWithAnIdOfItsOwn()
    {
        var answer = await host.Limiter.DecideAsync(new DecideRequest { ClientId = "plain" });

        Assert.True(answer.Allowed);
        Assert.Equal(("default", 10, 20), (answer.Policy, answer.RefillRate, answer.Limit));
        Assert.Equal(7, Guid.Parse(answer.RequestId).Version);
        Assert.False(answer.HasPrediction);
    }

    public static TheoryData<string, DecideRequest> BadRequests() => new()
    {
        { "client_id", new DecideRequest() },
        { "client_id", new DecideRequest { ClientId = new string('x', 257) } },
        { "client_id", new DecideRequest { ClientId = new string('ü', 129) } },
        { "domain", new DecideRequest { ClientId = "a", Domain = "unheard-of" } },
        { "domain", new DecideRequest { ClientId = "a", Domain = new string('d', 101) } },
        { "request_id", new DecideRequest { ClientId = "a", RequestId = new string('r', 129) } },
        { "cost", new DecideRequest { ClientId = "a", Cost = -1 } },
        { "cost", new DecideRequest { ClientId = "a", Cost = double.NaN } },
        { "cost", new DecideRequest { ClientId = "a", Cost = double.PositiveInfinity } },
        { "attempt", new DecideRequest { ClientId = "a", Attempt = 1_001 } },
        { "client_ip", new DecideRequest { ClientId = "a", ClientIp = "300.1.1.1" } },
        { "backend", new DecideRequest { ClientId = "a", Backend = "other" } },
        { "client_risk", new DecideRequest { ClientId = "a", Features = new CallerFeatures { ClientRisk = 1.01 } } },
        { "client_risk", new DecideRequest { ClientId = "a", Features = new CallerFeatures { ClientRisk = double.NaN } } },
        { "request_volume", new DecideRequest { ClientId = "a", Features = new CallerFeatures { RequestVolume = -1 } } },
        { "avg_latency", new DecideRequest { ClientId = "a", Features = new CallerFeatures { AvgLatency = double.NegativeInfinity } } },
        { "hour_of_day", new DecideRequest { ClientId = "a", Features = new CallerFeatures { HourOfDay = 24 } } },
        { "request_size", new DecideRequest { ClientId = "a", Features = new CallerFeatures { RequestSize = 1e13 } } },
        { "ip_reputation", new DecideRequest { ClientId = "a", Features = new CallerFeatures { IpReputation = -0.1 } } },
        { "more", new DecideRequest { ClientId = "a", Features = new CallerFeatures { More = { ["colour"] = 1 } } } },
        { "more", new DecideRequest { ClientId = "a", Features = new CallerFeatures { More = { ["client_risk"] = 1 } } } },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task Decide_BadField_IsInvalidArgumentAndNamesIt(string field, DecideRequest request)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await host.Limiter.DecideAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains(field, fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DecideStream_OneBadRequestInABatch_TheOthersAreJudged()
    {
        using var call = host.Limiter.DecideStream();
        var batch = new DecideBatchRequest();
        batch.Requests.Add(Enumerable.Range(0, 256).Select(i => new DecideRequest { ClientId = i == 100 ? "" : $"batch{i}", RequestId = $"r{i}" }));

        await call.RequestStream.WriteAsync(batch);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var results = call.ResponseStream.Current.Results;

        Assert.Equal(256, results.Count);
        Assert.Equal((int)StatusCode.InvalidArgument, results[100].Fault.Code);
        Assert.All(results.Where((_, i) => i != 100), result => Assert.True(result.Response.Allowed));
        Assert.Equal(Enumerable.Range(0, 256).Where(i => i != 100).Select(i => $"r{i}"), results.Where(r => r.Response is not null).Select(r => r.Response.RequestId));
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public async Task DecideStream_BatchOutOfRange_IsInvalidArgument(int count)
    {
        using var call = host.Limiter.DecideStream();
        var batch = new DecideBatchRequest();
        batch.Requests.Add(Enumerable.Repeat(new DecideRequest { ClientId = "a" }, count));
        await call.RequestStream.WriteAsync(batch);

        var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains("requests", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportOutcomes_AdmittedOnceReportedTwice_IsAcceptedOnce()
    {
        var decision = await host.Limiter.DecideAsync(new DecideRequest { ClientId = "outcome", Domain = "demo" });
        var report = new ReportOutcomesRequest
        {
            Outcomes = { new Outcome { RequestId = decision.RequestId, ClientId = "outcome", Domain = "demo", LatencyS = 0.1, Class = OutcomeClass.Ok } },
        };

        var first = await host.Limiter.ReportOutcomesAsync(report);
        var second = await host.Limiter.ReportOutcomesAsync(report);

        Assert.Equal((1u, 0u), (first.Accepted, first.Unknown));
        Assert.Equal((0u, 1u), (second.Accepted, second.Unknown));
    }

    public static TheoryData<string, Outcome> BadOutcomes() => new()
    {
        { "request_id", Good(o => o.RequestId = "") },
        { "client_id", Good(o => o.ClientId = "") },
        { "latency_s", Good(o => o.LatencyS = -1) },
        { "latency_s", Good(o => o.LatencyS = double.NaN) },
        { "class", Good(o => o.Class = OutcomeClass.Unspecified) },
        { "class", Good(o => o.Class = (OutcomeClass)99) },
        { "cost", Good(o => o.Cost = -2) },
        { "completed_at", Good(o => o.CompletedAt = new Timestamp { Seconds = long.MaxValue }) },
        { "completed_at", Good(o => o.CompletedAt = new Timestamp { Nanos = -5 }) },
    };

    [Theory]
    [MemberData(nameof(BadOutcomes))]
    public async Task ReportOutcomes_BadField_IsInvalidArgumentAndNamesIt(string field, Outcome outcome)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Limiter.ReportOutcomesAsync(new ReportOutcomesRequest { Outcomes = { Good(_ => { }), outcome } }));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains($"outcomes[1].{field}", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStatus_NoToken_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await host.Limiter.GetStatusAsync(new GetLimiterStatusRequest()));

        Assert.Equal(StatusCode.Unauthenticated, fault.StatusCode);
    }

    [Fact]
    public async Task SetOverride_NoToken_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await host.Limiter.SetOverrideAsync(new SetOverrideRequest()));

        Assert.Equal(StatusCode.Unauthenticated, fault.StatusCode);
    }

    [Fact]
    public async Task Decide_RandomBytesAsRequest_AreInvalidArgumentOrDecided()
    {
        var random = new Random(17);
        var method = RawMethod(MethodType.Unary, "ratelimitsuite.v1.LimiterApi", "Decide");
        var invoker = host.Channel.CreateCallInvoker();
        var good = new DecideRequest { ClientId = "fuzz", Cost = 1, Features = new CallerFeatures { ClientRisk = 0.5 }, ClientIp = "10.0.0.1" }.ToByteArray();
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var damaged = i % 2 == 0 ? new byte[random.Next(80)] : (byte[])good.Clone();
            for (var j = 0; j < (i % 2 == 0 ? damaged.Length : 3); j++)
            {
                damaged[i % 2 == 0 ? j : random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                await invoker.AsyncUnaryCall(method, null, default, damaged);
            }
            catch (RpcException fault)
            {
                refused++;
                Assert.True(fault.StatusCode == StatusCode.InvalidArgument, $"{fault.StatusCode} for {Convert.ToHexString(damaged)}");
                Assert.True(fault.Status.Detail.Length > 10, fault.Status.Detail);
            }
        }

        Assert.InRange(refused, 250, 499);   // Both sides of the edge were met.
        Assert.True((await host.Limiter.DecideAsync(new DecideRequest { ClientId = "after" })).Allowed);
    }

    [Theory]
    [InlineData("ratelimitsuite.v1.LimiterApi", "Decide", "DecideRequest")]
    [InlineData("ratelimitsuite.v1.LimiterApi", "ReportOutcomes", "ReportOutcomesRequest")]
    [InlineData("ratelimitsuite.v1.LimiterApi", "Reserve", "ReserveRequest")]
    [InlineData("envoy.service.ratelimit.v3.RateLimitService", "ShouldRateLimit", "RateLimitRequest")]
    public async Task UnaryCall_BytesThatAreNoMessage_AreInvalidArgumentAndNameTheMessage(string service, string method, string message)
    {
        var raw = RawMethod(MethodType.Unary, service, method);

        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Channel.CreateCallInvoker().AsyncUnaryCall(raw, null, default, [0x0A, 0xFF, 0xFF, 0x03, 0x01]));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains(message, fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DecideStream_BytesThatAreNoMessage_EndTheStreamAsInvalidArgument()
    {
        var raw = RawMethod(MethodType.DuplexStreaming, "ratelimitsuite.v1.LimiterApi", "DecideStream");
        using var call = host.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(raw, null, default);
        await call.RequestStream.WriteAsync(new DecideBatchRequest { Requests = { new DecideRequest { ClientId = "before" } } }.ToByteArray());
        Assert.True(await call.ResponseStream.MoveNext());

        await call.RequestStream.WriteAsync([0x0A, 0x7F, 0x01]);
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
    }

    [Fact]
    public async Task DecideStream_MessagesOfOneStream_AreAnsweredEachByItsOwn()
    {
        using var call = host.Limiter.DecideStream();
        DecideRequest[][] messages =
        [
            [new() { ClientId = "stream-a", Cost = 2 }, new() { Cost = 1 }, new() { ClientId = "stream-b", Cost = 100 }],
            [new() { ClientId = "stream-b" }, new() { ClientId = "stream-a" }, new() { ClientId = "stream-c" }, new() { ClientId = "stream-d", Cost = -1 }],
            [new() { ClientId = "stream-a", Cost = 0 }],
        ];
        var answers = new List<DecideBatchResponse>();
        foreach (var message in messages)
        {
            await call.RequestStream.WriteAsync(new DecideBatchRequest { Requests = { message } });
            Assert.True(await call.ResponseStream.MoveNext());
            answers.Add(call.ResponseStream.Current);
        }

        Assert.Equal([3, 4, 1], answers.Select(answer => answer.Results.Count));
        Assert.Equal([true, false, true], answers[0].Results.Select(result => result.Response is not null));
        Assert.Contains("client_id", answers[0].Results[1].Fault.Message, StringComparison.Ordinal);
        Assert.Equal((false, DecisionReason.CostExceedsCapacity), (answers[0].Results[2].Response.Allowed, answers[0].Results[2].Response.Reason));
        Assert.Equal([true, true, true, false], answers[1].Results.Select(result => result.Response is not null));
        Assert.All(answers[1].Results.Take(3), result => Assert.True(result.Response.Allowed && result.Response.RetryAfter is null));
        Assert.Equal(DecisionReason.LookOnly, answers[2].Results[0].Response.Reason);
        Assert.Equal(6, answers.SelectMany(answer => answer.Results).Where(result => result.Response is not null).Select(result => result.Response.RequestId).Distinct().Count());
    }

    private static Method<byte[], byte[]> RawMethod(MethodType type, string service, string method)
    {
        var bytes = Marshallers.Create<byte[]>(value => value, value => value);
        return new Method<byte[], byte[]>(type, service, method, bytes, bytes);
    }

    private static Outcome Good(Action<Outcome> change)
    {
        var outcome = new Outcome { RequestId = "r", ClientId = "c", LatencyS = 0.1, Class = OutcomeClass.Ok };
        change(outcome);
        return outcome;
    }
}
