using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Client;

/// <summary>What callers get to see.</summary>
public sealed class CallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Call_NobodyListens_IsUnavailable()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{UnusedPort()}");
        var client = new TestService.TestServiceClient(channel);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.EmptyCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task Call_ServerSleeps_EndsAtTheDeadline()
    {
        await using var server = await KestrelServer.StartAsync(Sleeping());
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest(), deadline: Now.AddMilliseconds(100)).ResponseAsync.WaitAsync(Patience));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task Call_DeadlinePassed_IsNotMade()
    {
        var calls = 0;
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, _) =>
            {
                Interlocked.Increment(ref calls);
                return Task.FromResult(new SimpleResponse());
            },
        });
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest(), deadline: Now.AddSeconds(-1)));
        Assert.Equal((StatusCode.DeadlineExceeded, 0), (failure.StatusCode, calls));
    }

    [Fact]
    public async Task Call_LocalDeadline_IsRefused()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService());
        var local = DateTime.SpecifyKind(Now.AddMinutes(1), DateTimeKind.Local);
        Assert.ThrowsAny<InvalidOperationException>(() => { _ = server.CreateClient().UnaryCallAsync(new SimpleRequest(), deadline: local); });
    }

    [Fact]
    public async Task Cancel_WhileTheServerSleeps_IsCancelled()
    {
        await using var server = await KestrelServer.StartAsync(Sleeping());
        using var cancellation = new CancellationTokenSource();
        using var call = server.CreateClient().UnaryCallAsync(new SimpleRequest(), cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(Patience));
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Cancel_ChannelThrowsOperationCanceled_GivesThat()
    {
        await using var server = await KestrelServer.StartAsync(Sleeping());
        using var cancellation = new CancellationTokenSource();
        var client = server.CreateClient(new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        using var call = client.UnaryCallAsync(new SimpleRequest(), cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.ResponseAsync.WaitAsync(Patience));
    }

    [Fact]
    public async Task Dispose_Channel_CancelsItsCalls()
    {
        await using var server = await KestrelServer.StartAsync(Sleeping());
        var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest());
        channel.Dispose();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(Patience));
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Status_BeforeTheEnd_IsRefused()
    {
        await using var server = await KestrelServer.StartAsync(Sleeping());
        using var call = server.CreateClient().UnaryCallAsync(new SimpleRequest());
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    [Fact]
    public async Task Blocking_Call_GivesTheResponse()
    {
        await using var server = await KestrelServer.StartAsync(Echoing());
        Assert.Equal(7, server.CreateClient().UnaryCall(new SimpleRequest { ResponseSize = 7 }).Payload.Body.Length);
    }

    [Fact]
    public async Task Receive_OverTheClientsLimit_IsExhausted()
    {
        await using var server = await KestrelServer.StartAsync(Echoing());
        var client = server.CreateClient(new GrpcChannelOptions { MaxReceiveMessageSize = 100 });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(new SimpleRequest { ResponseSize = 101 }));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Credentials_WithoutTls_AreNotSent()
    {
        Metadata? seen = null;
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = context.RequestHeaders;
                return Task.FromResult(new SimpleResponse());
            },
        });
        var credentials = CallCredentials.FromInterceptor((_, metadata) =>
        {
            metadata.Add("authorization", "secret");
            return Task.CompletedTask;
        });
        await server.CreateClient().UnaryCallAsync(new SimpleRequest(), new CallOptions(credentials: credentials));
        Assert.NotNull(seen);
        Assert.Null(seen.GetValue("authorization"));
    }

    [Fact]
    public async Task Send_OverTheClientsLimit_IsExhausted()
    {
        await using var server = await KestrelServer.StartAsync(Echoing());
        var client = server.CreateClient(new GrpcChannelOptions { MaxSendMessageSize = 100 });
        var request = new SimpleRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[101]) } };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(request));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Write_AfterComplete_IsRefused()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService { Duplex = (_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken) });
        using var call = server.CreateClient().FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new StreamingOutputCallRequest()));
    }

    [Fact]
    public async Task Write_ServerHasEndedTheCall_FailsWithItsStatus()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Input = (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "not you")),
        });
        using var call = server.CreateClient().StreamingInputCall();
        var response = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(Patience));
        Assert.Equal((StatusCode.PermissionDenied, "not you"), (response.StatusCode, response.Status.Detail));
        var write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamingInputCallRequest()).WaitAsync(Patience));
        Assert.Equal(StatusCode.PermissionDenied, write.StatusCode);
    }

    [Fact]
    public async Task MoveNext_TokenFires_CancelsTheCall()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Output = (_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken),
        });
        using var call = server.CreateClient().StreamingOutputCall(new StreamingOutputCallRequest());
        using var cancellation = new CancellationTokenSource();
        var next = call.ResponseStream.MoveNext(cancellation.Token);
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => next.WaitAsync(Patience));
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task MoveNext_Twice_IsRefused()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Output = (_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken),
        });
        using var call = server.CreateClient().StreamingOutputCall(new StreamingOutputCallRequest());
        var first = call.ResponseStream.MoveNext();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext());
        call.Dispose();
        await Assert.ThrowsAsync<RpcException>(() => first.WaitAsync(Patience));
    }

    [Fact]
    public async Task Stream_FailsAfterMessages_GivesTheMessagesThenTheStatus()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Output = async (_, responses, _) =>
            {
                await responses.WriteAsync(new StreamingOutputCallResponse());
                throw new RpcException(new Status(StatusCode.DataLoss, "gone"), new Metadata { { "why", "disk" } });
            },
        });
        using var call = server.CreateClient().StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.DataLoss, "gone"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal("disk", call.GetTrailers().GetValue("why"));
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static ScriptedService Echoing() => new()
    {
        Unary = (request, _) => Task.FromResult(new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[request.ResponseSize]) } }),
    };

    private static ScriptedService Sleeping() => new()
    {
        Unary = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new SimpleResponse();
        },
    };

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
