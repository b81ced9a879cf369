using System.Net;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.Tests;

/// <summary>A connection that ends in the middle of a write: the writer meets an <see cref="IOException"/>, not the call's status.</summary>
public sealed class BrokenWriteTests(LimiterFixture limiter) : IClassFixture<LimiterFixture>
{
    [Fact]
    public async Task DecideAsync_ConnectionEndsInAWrite_FailsItsRequestAndAsksAgainOnANewStream()
    {
        using var handler = new BreakingHandler();

        // Nobody's deadline: the test would hang, were the request left to it.
        await using var host = await ClientHost.StartAsync(limiter.Server.Address, options => options.Deadline = TimeSpan.FromMinutes(1), handler);

        var fault = await Assert.ThrowsAsync<RpcException>(() => AskAsync(host));
        var again = await UntilAnsweredAsync(host);

        Assert.Equal((StatusCode.Unavailable, BreakingHandler.Why), (fault.StatusCode, fault.Status.Detail));
        Assert.True(again.Allowed);
        Assert.True(host.IsRunning);
    }

    private static Task<DecideResponse> AskAsync(ClientHost host) => host.Stream
        .DecideAsync(new DecideRequest { ClientId = "a", Domain = "wide" }, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(50));

    // Refused until the pause after the fault is over.
    private static async Task<DecideResponse> UntilAnsweredAsync(ClientHost host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        while (true)
        {
            try
            {
                return await AskAsync(host);
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.Unavailable && fault.Status.Detail == BreakingHandler.Why)
            {
                await Task.Delay(10, patience.Token);
            }
        }
    }

    /// <summary>Lets nothing of the first call's messages through.</summary>
    private sealed class BreakingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public const string Why = "The connection ended.";

        private int _calls;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                request.Content = new BreakingContent(request.Content!);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class BreakingContent : HttpContent
    {
        private readonly HttpContent _content;

        public BreakingContent(HttpContent content)
        {
            _content = content;
            foreach (var (name, values) in content.Headers)
            {
                Headers.Add(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _content.CopyToAsync(new BreakingStream(), context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException(BreakingHandler.Why));

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
