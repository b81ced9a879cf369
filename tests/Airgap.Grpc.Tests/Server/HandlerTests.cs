using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Server;

/// <summary>What handlers see of their calls, and how what they do reaches the caller.</summary>
public sealed class HandlerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Unary_HandlerThrows_IsUnknownWithoutTheMessage()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService { Unary = (_, _) => throw new InvalidDataException("secret") });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.Unknown, "Exception was thrown by handler."), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Unary_HandlerThrowsWithDetailedErrors_TellsTheMessage()
    {
        await using var server = await KestrelServer.StartAsync(
            new ScriptedService { Unary = (_, _) => throw new InvalidDataException("not secret") },
            services => services.AddGrpc(options => options.EnableDetailedErrors = true));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest()));
        Assert.Equal("Exception was thrown by handler. InvalidDataException: not secret", failure.Status.Detail);
    }

    [Fact]
    public async Task Unary_HandlerThrowsRpcException_MergesTrailers()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                context.ResponseTrailers.Add("set", "before");
                throw new RpcException(new Status(StatusCode.FailedPrecondition, "no"), new Metadata { { "thrown-bin", [1, 2, 255] } });
            },
        });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.FailedPrecondition, "no"), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal("before", failure.Trailers.GetValue("set"));
        Assert.Equal([1, 2, 255], failure.Trailers.GetValueBytes("thrown-bin"));
    }

    [Fact]
    public async Task Unary_HandlerSetsStatus_FailsWithIt()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                context.Status = new Status(StatusCode.AlreadyExists, "there 50% €");
                return Task.FromResult(new SimpleResponse());
            },
        });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.AlreadyExists, "there 50% €"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Unary_HandlerReturnsNull_IsCancelled()
    {
        await using var server = await KestrelServer.StartAsync(new ScriptedService { Unary = (_, _) => Task.FromResult<SimpleResponse>(null!) });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Context_OfAnyCall_DescribesIt()
    {
        (string Method, string Peer, DateTime Deadline, Metadata Headers, string? Path) seen = ("", "", default, [], null);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = (context.Method, context.Peer, context.Deadline, context.RequestHeaders, context.GetHttpContext().Request.Path);
                return Task.FromResult(new SimpleResponse());
            },
        });
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5);
        var headers = new Metadata { { "Some-Key", "one" }, { "some-key", "two" }, { "raw-bin", [0, 255, 7] } };
        await server.CreateClient().UnaryCallAsync(new SimpleRequest(), headers, deadline);

        Assert.Equal((RawCall.UnaryPath, RawCall.UnaryPath), (seen.Method, seen.Path));
        Assert.StartsWith("ipv4:127.0.0.1:", seen.Peer, StringComparison.Ordinal);
        Assert.InRange(seen.Deadline, deadline.AddSeconds(-10), deadline.AddSeconds(10));
        Assert.Equal([0, 255, 7], seen.Headers.GetValueBytes("raw-bin"));
        Assert.Contains("two", string.Join(',', seen.Headers.GetAll("some-key").Select(entry => entry.Value)), StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Headers, entry => entry.Key is "te" or "content-type" or "grpc-timeout" or "grpc-accept-encoding" or "host");
    }

    [Fact]
    public async Task Context_WithoutDeadline_HasTheLatest()
    {
        var seen = default(DateTime);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = context.Deadline;
                return Task.FromResult(new SimpleResponse());
            },
        });
        await server.CreateClient().UnaryCallAsync(new SimpleRequest());
        Assert.Equal(DateTime.MaxValue, seen);
    }

    [Fact]
    public async Task Deadline_HandlerWaits_AnswersAndCancelsIt()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = async (_, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await cancelled.Task;
                throw new RpcException(new Status(StatusCode.DataLoss, "too late to count"));
            },
        });
        using var http = RawCall.CreateClient(server.Address);

        // A caller without a clock of its own: the server ends the call.
        var response = await RawCall.SendAsync(http, RawCall.Frame(new SimpleRequest()), [("grpc-timeout", "50m")]).WaitAsync(Patience);
        Assert.Equal(StatusCode.DeadlineExceeded, response.Status);
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Deadline_HandlerReadsOnAndOn_EndsItsRead()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Input = async (requests, context) =>
            {
                try
                {
                    while (await requests.MoveNext(context.CancellationToken))
                    {
                    }

                    return new StreamingInputCallResponse();
                }
                finally
                {
                    ended.SetResult();
                }
            },
        });
        using var http = RawCall.CreateClient(server.Address);
        using var body = new OpenContent(RawCall.Frame(new StreamingInputCallRequest()));
        var answer = RawCall.SendAsync(http, body, [("grpc-timeout", "50m")], "application/grpc", "/grpc.testing.TestService/StreamingInputCall");
        await ended.Task.WaitAsync(Patience);
        try
        {
            Assert.Equal(StatusCode.DeadlineExceeded, (await answer.WaitAsync(Patience)).Status);
        }
        catch (HttpRequestException)
        {
            // The stream is reset right after the status, for the sake of a client that goes on sending; HttpClient may see that first.
        }

        body.End();
    }

    [Fact]
    public async Task Cancel_ClientDisposesTheCall_CancelsTheHandler()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Output = async (_, responses, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await responses.WriteAsync(new StreamingOutputCallResponse());
                started.SetResult();
                await cancelled.Task;
            },
        });
        var call = server.CreateClient().StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        await started.Task.WaitAsync(Patience);
        call.Dispose();
        await cancelled.Task.WaitAsync(Patience);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task WriteHeaders_BeforeTheResponse_ReachTheClientFirst()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = async (_, context) =>
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" } });
                await release.Task;
                context.ResponseTrailers.Add("late", "yes");
                return new SimpleResponse();
            },
        });
        using var call = server.CreateClient().UnaryCallAsync(new SimpleRequest());
        var headers = await call.ResponseHeadersAsync.WaitAsync(Patience);
        Assert.Equal("yes", headers.GetValue("early"));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        release.SetResult();
        await call;
        Assert.Equal("yes", call.GetTrailers().GetValue("late"));
    }

    [Fact]
    public async Task Write_FromTwoSidesAtOnce_IsRefused()
    {
        var outcome = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Output = async (_, responses, context) =>
            {
                // More than the connection takes unread, so that some write stays under way.
                var large = new StreamingOutputCallResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[1 << 20]) } };
                var pending = Task.CompletedTask;
                while (pending.IsCompleted)
                {
                    pending = responses.WriteAsync(large);
                }

                outcome.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(large)));
                await pending;
            },
        });
        using var call = server.CreateClient(new() { MaxReceiveMessageSize = null }).StreamingOutputCall(new StreamingOutputCallRequest());
        await call.ResponseHeadersAsync;
        Assert.IsType<InvalidOperationException>(await outcome.Task.WaitAsync(Patience));
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
        }
    }

    [Fact]
    public async Task Receive_OverTheServersLimit_IsExhausted()
    {
        await using var server = await KestrelServer.StartAsync(
            new ScriptedService(), services => services.AddGrpc(options => options.MaxReceiveMessageSize = 100));
        var request = new SimpleRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[101]) } };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(request));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Send_OverTheServersLimit_IsExhausted()
    {
        await using var server = await KestrelServer.StartAsync(
            new ScriptedService
            {
                Unary = (_, _) => Task.FromResult(new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[101]) } }),
            },
            services => services.AddGrpc(options => options.MaxSendMessageSize = 100));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.CreateClient().UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }
}
