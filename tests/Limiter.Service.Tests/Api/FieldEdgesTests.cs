using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>Every field of every request of both gRPC services, one at a time at the edges of its type, over the wire: an answer, or INVALID_ARGUMENT that names the field.</summary>
public sealed class FieldEdgesTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    private static readonly Metadata Operator = new()
    {
        { "authorization", $"Bearer {new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = LimiterHost.Key }), TimeProvider.System).Issue("edges", SuiteRoles.Operator)}" },
    };

    // In order, so that a fault can only be about the field that was changed.
    private static readonly Dictionary<string, IMessage> Good = new IMessage[]
    {
        Request(),
        new DecideBatchRequest { Requests = { Request() } },
        new ReportOutcomesRequest { Outcomes = { new Outcome { RequestId = "r", ClientId = "c", LatencyS = 0.1, Class = OutcomeClass.Ok, CompletedAt = new Timestamp { Seconds = 1_700_000_000 }, Cost = 1 } } },
        new ReserveRequest { Request = Request(), Ttl = new Duration { Seconds = 5 } },
        new CommitRequest { ReservationId = "none", ActualCost = 1 },
        new RefundRequest { ReservationId = "none" },
        new GetLimiterStatusRequest(),
        new WatchLimiterStatusRequest { Interval = new Duration { Seconds = 1 } },
        new ValidatePoliciesRequest { Yaml = "domains: []" },
        new SetOverrideRequest { Override = new Override { ClientId = "c", Factor = 2, Reason = "why" }, Ttl = new Duration { Seconds = 60 } },
        new RemoveOverrideRequest { Id = Guid.Empty.ToString(), Reason = "why" },
        new ListOverridesRequest(),
        new RateLimitRequest { Domain = "default", Descriptors = { new RateLimitDescriptor { Entries = { new RateLimitDescriptor.Types.Entry { Key = "k", Value = "v" } } } } },
    }.ToDictionary(message => message.Descriptor.FullName);

    public static TheoryData<string, string> Methods()
    {
        var data = new TheoryData<string, string>();
        foreach (var method in LimiterApi.Descriptor.Methods.Concat(RateLimitService.Descriptor.Methods))
        {
            data.Add(method.Service.FullName, method.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_OneFieldAtAnEdge_IsAnsweredOrRefusedByTheFieldsName(string service, string name)
    {
        var method = LimiterApi.Descriptor.Methods.Concat(RateLimitService.Descriptor.Methods).Single(each => each.Service.FullName == service && each.Name == name);
        var good = Good[method.InputType.FullName];
        Assert.Null(await FaultOf(method, good));
        foreach (var (path, message) in FieldEdges.Of(good))
        {
            if (await FaultOf(method, message) is { } fault)
            {
                Assert.True(
                    path.Any(field => fault.Contains(field.TrimEnd('s'), StringComparison.Ordinal)),
                    $"{string.Join('.', path)}: '{fault}' names no such field.");
            }
        }
    }

    [Theory]
    [InlineData("Decide", "client_id")]
    [InlineData("Decide", "domain")]
    [InlineData("Decide", "request_id")]
    [InlineData("Decide", "cost")]
    [InlineData("Decide", "client_ip")]
    [InlineData("Decide", "attempt")]
    [InlineData("Decide", "charges")]
    [InlineData("Decide", "charges.client_id")]
    [InlineData("Decide", "charges.cost")]
    [InlineData("Decide", "backend")]
    [InlineData("Decide", "features.request_volume")]
    [InlineData("Decide", "features.ip_reputation")]
    [InlineData("Decide", "features.more")]
    [InlineData("ReportOutcomes", "outcomes")]
    [InlineData("ReportOutcomes", "outcomes.latency_s")]
    [InlineData("ReportOutcomes", "outcomes.class")]
    [InlineData("ReportOutcomes", "outcomes.completed_at.seconds")]
    [InlineData("Reserve", "ttl.seconds")]
    [InlineData("Commit", "actual_cost")]
    [InlineData("Refund", "reservation_id")]
    [InlineData("WatchStatus", "interval.seconds")]
    [InlineData("SetOverride", "override.factor")]
    public async Task Call_FieldThatHasARange_IsRefusedOutsideIt(string name, string field)
    {
        var method = LimiterApi.Descriptor.FindMethodByName(name);
        var refused = 0;
        foreach (var (path, message) in FieldEdges.Of(Good[method.InputType.FullName]).Where(edge => string.Join('.', edge.Path) == field))
        {
            refused += await FaultOf(method, message) is null ? 0 : 1;
        }

        Assert.NotEqual(0, refused);
    }

    private static DecideRequest Request() => new()
    {
        ClientId = "edge", Domain = "default", RequestId = "", Cost = 1, ClientIp = "10.0.0.1",
        Features = new CallerFeatures { RequestVolume = 1, AvgLatency = 0, ClientRisk = 0, HourOfDay = 1, RequestSize = 1, IpReputation = 1 },
        Charges = { new Charge { ClientId = "edge-2", Cost = 0 } },
    };

    // The text of an INVALID_ARGUMENT; null: there was none. What is not open, or not to be had without a database, is no fault of a field.
    private async Task<string?> FaultOf(MethodDescriptor method, IMessage message)
    {
        try
        {
            return await CallAsync(method, message.ToByteArray());
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.InvalidArgument)
        {
            return fault.Status.Detail;
        }
        catch (RpcException fault) when (fault.StatusCode is StatusCode.NotFound or StatusCode.Unavailable or StatusCode.ResourceExhausted)
        {
            return null;
        }
    }

    private async Task<string?> CallAsync(MethodDescriptor method, byte[] request)
    {
        var bytes = Marshallers.Create<byte[]>(value => value, value => value);
        var invoker = host.Channel.CreateCallInvoker();
        var options = new CallOptions(Operator);
        if (!method.IsServerStreaming)
        {
            await invoker.AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, bytes, bytes), null, options, request);
            return null;
        }

        if (!method.IsClientStreaming)
        {
            using var watch = invoker.AsyncServerStreamingCall(
                new Method<byte[], byte[]>(MethodType.ServerStreaming, method.Service.FullName, method.Name, bytes, bytes), null, options, request);
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            return null;
        }

        using var call = invoker.AsyncDuplexStreamingCall(
            new Method<byte[], byte[]>(MethodType.DuplexStreaming, method.Service.FullName, method.Name, bytes, bytes), null, options);
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.CompleteAsync();
        return DecideBatchResponse.Parser.ParseFrom(call.ResponseStream.Current).Results.FirstOrDefault(result => result.Fault is not null)?.Fault.Message;
    }
}
