using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class FeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Execute_StoppedDuringACall_EndsWithoutAFault()
    {
        using var feed = new WaitingFeed();
        await feed.StartAsync(CancellationToken.None);
        await feed.Asked.WaitAsync(Patience);

        await feed.StopAsync(CancellationToken.None);

        await feed.ExecuteTask!.WaitAsync(Patience);   // Would throw what escaped.
        Assert.Null(feed.Failure);
    }

    [Fact]
    public async Task Execute_ServiceAway_NotesWhyAndAsksAgain()
    {
        using var feed = new WaitingFeed { FailFirst = new RpcException(new Status(StatusCode.Unavailable, "away")) };
        await feed.StartAsync(CancellationToken.None);

        await feed.Asked.WaitAsync(Patience);

        Assert.Equal(StatusCode.Unavailable, Assert.IsType<RpcException>(feed.Failure).StatusCode);
        await feed.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Execute_FirstCallFails_IsNoNewsInTheLog()
    {
        var log = new CountingLogger();
        using var feed = new WaitingFeed(log) { FailFirst = new RpcException(new Status(StatusCode.DeadlineExceeded, "cold")) };
        await feed.StartAsync(CancellationToken.None);

        await feed.Asked.WaitAsync(Patience);
        await feed.StopAsync(CancellationToken.None);

        Assert.Equal(0, log.Lines);
    }

    private sealed class CountingLogger : ILogger
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines++;
    }

    private sealed class WaitingFeed(ILogger? logger = null) : Feed("service", TimeSpan.FromMilliseconds(1), TimeProvider.System, logger ?? NullLogger.Instance)
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _failed;

        public Exception? FailFirst { get; init; }

        public Exception? Failure { get; private set; }

        public Task Asked => _asked.Task;

        protected override async Task AskAsync(CancellationToken cancellationToken)
        {
            if (FailFirst is not null && !_failed)
            {
                _failed = true;
                throw FailFirst;
            }

            _asked.SetResult();
            var ended = new TaskCompletionSource();
            await using var registration = cancellationToken.Register(ended.SetResult);
            await ended.Task;
            throw new RpcException(new Status(StatusCode.Cancelled, "the call was cancelled"));   // As a gRPC call under way ends.
        }

        protected override void Fail(Exception cause) => Failure = cause;
    }
}
