using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Client.Tests;

/// <summary>A Limiter that keeps to the protocol's form and not to its sense.</summary>
public sealed class WrongAnswerTests : IAsyncLifetime
{
    private readonly int _port = FreePort.Take();
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        _server = builder.Build();
        _server.MapGrpcService<OneTooMany>();
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task DecideAsync_AnswerOfAnotherLength_FailsItsRequestsAtOnceAndSaysWhy()
    {
        // Nobody's deadline: the test would hang, were the requests left to it.
        await using var host = await ClientHost.StartAsync(new Uri($"http://127.0.0.1:{_port}"), options => options.Deadline = TimeSpan.FromMinutes(1));

        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Stream.DecideAsync(new DecideRequest { ClientId = "a" }, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(50)));

        Assert.Equal(StatusCode.Internal, fault.StatusCode);
        Assert.Equal("The Limiter answered 2 requests; it was asked 1.", fault.Status.Detail);
    }

    [Fact]
    public async Task DecideAsync_AnswerOfAnotherLength_IsDecidedByTheFallback()
    {
        await using var host = await ClientHost.StartAsync(new Uri($"http://127.0.0.1:{_port}"), options => options.Deadline = TimeSpan.FromMinutes(1));

        Assert.Equal(DecisionSource.Fallback, (await host.Client.DecideAsync(new RateLimitRequest("a"))).Source);
    }

    internal sealed class OneTooMany : LimiterApi.LimiterApiBase
    {
        public override async Task DecideStream(
            IAsyncStreamReader<DecideBatchRequest> requestStream, IServerStreamWriter<DecideBatchResponse> responseStream, ServerCallContext context)
        {
            await foreach (var batch in requestStream.ReadAllAsync())
            {
                var answer = new DecideBatchResponse();
                answer.Results.AddRange(Enumerable.Range(0, batch.Requests.Count + 1).Select(_ => new DecideResult { Response = new DecideResponse { Allowed = true } }));
                await responseStream.WriteAsync(answer);
            }
        }
    }
}
