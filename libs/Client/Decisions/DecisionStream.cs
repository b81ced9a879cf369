using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.Decisions;

/// <summary>Sends requests of all threads over one <c>DecideStream</c>: whatever waits when the last message is on its way goes into the next.</summary>
/// <remarks>Nothing waits for others to come, so a single request is as fast as a unary call; under load messages fill by themselves.
/// A stream that breaks fails what was on it, as it may have been decided, and is opened again after a pause that doubles.</remarks>
internal sealed partial class DecisionStream(
    LimiterApi.LimiterApiClient limiter, IOptions<RateLimitClientOptions> options, DataPlaneKey key, TimeProvider time, ILogger<DecisionStream> logger)
    : BackgroundService
{
    // Messages without an answer; beyond it requests wait in the queue, where they can still share one.
    private const int MessagesOnTheWay = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<PendingDecision> _queue = Channel.CreateBounded<PendingDecision>(
        new BoundedChannelOptions(options.Value.QueueLimit) { SingleReader = true });

    /// <summary>Asks for a decision.</summary>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    /// <exception cref="RpcException">The stream broke, or cannot be opened.</exception>
    /// <exception cref="ArgumentException">The Limiter refused the request as malformed.</exception>
    public async ValueTask<DecideResponse> DecideAsync(DecideRequest request, CancellationToken cancellationToken)
    {
        var pending = new PendingDecision(request);
        if (!_queue.Writer.TryWrite(pending))
        {
            throw new QueueFullException();
        }

        try
        {
            return await pending.Answer.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            pending.IsAbandoned = true;
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Opened with the first request, so that a process which asks nothing connects to nobody.
                await _queue.Reader.WaitToReadAsync(stoppingToken);
                await RunAsync(() => pause = FirstPause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (RpcException fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogBroken(fault.Status.Detail, pause.TotalSeconds);
                await RefuseWhileAsync(pause, fault, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (RpcException)
            {
                break;
            }
        }

        FailWaiting(new RpcException(new Status(StatusCode.Unavailable, "This client has stopped.")));
    }

    private async Task RunAsync(Action answered, CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var call = limiter.DecideStream(key.Headers, cancellationToken: ended.Token);
        var onTheWay = Channel.CreateBounded<PendingDecision[]>(MessagesOnTheWay);
        var reading = ReadAsync(call.ResponseStream, onTheWay.Reader, answered, ended.Token);
        try
        {
            var writing = WriteAsync(call.RequestStream, onTheWay.Writer, ended.Token);
            await await Task.WhenAny(reading, writing);
        }
        catch (Exception fault) when (fault is RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // IOException: a connection that ends in the middle of a write is not told as the call's status.
            await ended.CancelAsync();
            var reason = fault as RpcException ?? new RpcException(new Status(StatusCode.Unavailable, fault.Message));
            onTheWay.Writer.TryComplete();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            while (onTheWay.Reader.TryRead(out var lost))
            {
                Fail(lost, reason);
            }

            stoppingToken.ThrowIfCancellationRequested();
            throw reason;
        }
    }

    private async Task WriteAsync(IClientStreamWriter<DecideBatchRequest> stream, ChannelWriter<PendingDecision[]> onTheWay, CancellationToken cancellationToken)
    {
        var batch = new List<PendingDecision>(options.Value.BatchLimit);
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < options.Value.BatchLimit && _queue.Reader.TryRead(out var pending))
            {
                if (!pending.IsAbandoned)
                {
                    batch.Add(pending);
                }
            }

            if (batch.Count == 0)
            {
                continue;
            }

            var message = new DecideBatchRequest { Requests = { batch.Select(pending => pending.Request) } };
            await HandOverAsync([.. batch], onTheWay, cancellationToken);
            batch.Clear();
            await stream.WriteAsync(message, cancellationToken);
        }
    }

    // From here on whoever ends the stream fails them; until then nobody else knows of them.
    private static async Task HandOverAsync(PendingDecision[] batch, ChannelWriter<PendingDecision[]> onTheWay, CancellationToken cancellationToken)
    {
        try
        {
            await onTheWay.WriteAsync(batch, cancellationToken);
        }
        catch (Exception fault) when (fault is OperationCanceledException or ChannelClosedException)
        {
            Fail(batch, new RpcException(new Status(StatusCode.Unavailable, "The stream to the Limiter broke.")));
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static async Task ReadAsync(
        IAsyncStreamReader<DecideBatchResponse> stream, ChannelReader<PendingDecision[]> onTheWay, Action answered, CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken))
        {
            answered();
            var results = stream.Current.Results;
            if (!onTheWay.TryRead(out var batch))
            {
                throw new RpcException(new Status(StatusCode.Internal, "The Limiter answered a message that it was not sent."));
            }

            if (batch.Length != results.Count)
            {
                var fault = new RpcException(new Status(StatusCode.Internal, $"The Limiter answered {results.Count} requests; it was asked {batch.Length}."));
                Fail(batch, fault);
                throw fault;
            }

            for (var i = 0; i < batch.Length; i++)
            {
                batch[i].Complete(results[i]);
            }
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "The Limiter ended the stream."));
    }

    // Whoever asks meanwhile is told at once, not after its deadline.
    private async Task RefuseWhileAsync(TimeSpan pause, RpcException fault, CancellationToken stoppingToken)
    {
        using var paused = new CancellationTokenSource(pause, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, paused.Token);
        try
        {
            do
            {
                FailWaiting(fault);
            }
            while (await _queue.Reader.WaitToReadAsync(over.Token));
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void FailWaiting(RpcException fault)
    {
        while (_queue.Reader.TryRead(out var pending))
        {
            pending.Fail(fault);
        }
    }

    private static void Fail(PendingDecision[] batch, RpcException fault)
    {
        foreach (var pending in batch)
        {
            pending.Fail(fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The Limiter cannot be asked: {Reason} Trying again in {Seconds} s; until then the fallback decides.")]
    private partial void LogBroken(string reason, double seconds);
}
