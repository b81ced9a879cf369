using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using RateLimitSuite.Airgap.GrpcTests.Interop;
using RateLimitSuite.Airgap.GrpcTests.Servers;

namespace RateLimitSuite.Airgap.GrpcTests.Client;

public sealed class RetryTests
{
    [Fact]
    public async Task Unary_UnavailableTwice_IsRepeatedAndTellsTheAttempts()
    {
        var attempts = new List<string?>();
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Unary = (_, context) =>
            {
                attempts.Add(context.RequestHeaders.GetValue("grpc-previous-rpc-attempts"));
                return attempts.Count < 3
                    ? throw new RpcException(new Status(StatusCode.Unavailable, ""))
                    : Task.FromResult(new SimpleResponse());
            },
        });
        await CreateClient(server).UnaryCallAsync(new SimpleRequest());
        Assert.Equal([null, "1", "2"], attempts);
    }

    [Fact]
    public async Task Unary_AlwaysUnavailable_EndsAfterTheLastAttempt()
    {
        var attempts = 0;
        await using var server = await KestrelServer.StartAsync(Failing(StatusCode.Unavailable, _ => attempts++));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await CreateClient(server).UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.Unavailable, 4), (failure.StatusCode, attempts));
    }

    [Fact]
    public async Task Unary_OtherCode_IsNotRepeated()
    {
        var attempts = 0;
        await using var server = await KestrelServer.StartAsync(Failing(StatusCode.InvalidArgument, _ => attempts++));
        await Assert.ThrowsAsync<RpcException>(async () => await CreateClient(server).UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Unary_ServerPushesBackForGood_IsNotRepeated()
    {
        var attempts = 0;
        await using var server = await KestrelServer.StartAsync(Failing(StatusCode.Unavailable, context =>
        {
            attempts++;
            context.ResponseTrailers.Add("grpc-retry-pushback-ms", "-1");
        }));
        await Assert.ThrowsAsync<RpcException>(async () => await CreateClient(server).UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Stream_FailsAfterItBegan_IsNotRepeated()
    {
        var attempts = 0;
        await using var server = await KestrelServer.StartAsync(new ScriptedService
        {
            Output = async (_, responses, _) =>
            {
                attempts++;
                await responses.WriteAsync(new StreamingOutputCallResponse());
                throw new RpcException(new Status(StatusCode.Unavailable, ""));
            },
        });
        using var call = CreateClient(server).StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Unary_TooManyFailures_AreThrottled()
    {
        var attempts = 0;
        await using var server = await KestrelServer.StartAsync(Failing(StatusCode.Unavailable, _ => attempts++));
        var client = CreateClient(server, new RetryThrottlingPolicy { MaxTokens = 4, TokenRatio = 0.1 });
        await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(2, attempts); // 4 tokens - 2 failures = 2, which is not more than half
    }

    private static ScriptedService Failing(StatusCode code, Action<ServerCallContext> onCall) => new()
    {
        Unary = (_, context) =>
        {
            onCall(context);
            throw new RpcException(new Status(code, ""));
        },
    };

    private static TestService.TestServiceClient CreateClient(KestrelServer server, RetryThrottlingPolicy? throttling = null)
    {
        var method = new MethodConfig
        {
            Names = { MethodName.Default },
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 4,
                InitialBackoff = TimeSpan.FromMilliseconds(1),
                MaxBackoff = TimeSpan.FromMilliseconds(5),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        return server.CreateClient(new GrpcChannelOptions
        {
            ServiceConfig = new ServiceConfig { MethodConfigs = { method }, RetryThrottling = throttling },
        });
    }
}
