using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Ends a call that takes longer than its client allows.</summary>
/// <remarks>Most calls with a deadline end long before it and never ask for its token, so that is made when asked for.</remarks>
internal sealed class CallDeadline : IDisposable
{
    private const int Http2Cancel = 8;
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(40);   // Timers take at most 49 days.

    private readonly Lock _lock = new();
    private readonly HttpCallContext _call;
    private readonly ITimer _timer;
    private CancellationTokenSource? _cancellation;
    private CancellationToken _token;
    private TaskCompletionSource? _ended;

    private CallDeadline(TimeSpan timeout, HttpCallContext call)
    {
        _call = call;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Time = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        // A call of more than 40 days is left to its client's own timer.
        _timer = TimeProvider.System.CreateTimer(
            static state => _ = ((CallDeadline)state!).ExpireAsync(),
            this,
            timeout <= TimerMax ? timeout : Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    public DateTime Time { get; }

    /// <summary>Fires at the deadline, or when the client gives the call up.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                if (_cancellation is null)
                {
                    _cancellation = CancellationTokenSource.CreateLinkedTokenSource(_call.Http.RequestAborted);
                    _token = _cancellation.Token;
                    if (_ended is not null)
                    {
                        _cancellation.Cancel();
                    }
                }

                return _token;
            }
        }
    }

    /// <summary>Ends when the response of an expired call has been written: the request must not be given back before.</summary>
    public Task Ended
    {
        get
        {
            lock (_lock)
            {
                return _ended?.Task ?? Task.CompletedTask;
            }
        }
    }

    public static CallDeadline Start(TimeSpan timeout, HttpCallContext call) => new(timeout, call);

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _cancellation?.Dispose();
        }
    }

    private async Task ExpireAsync()
    {
        CancellationTokenSource? cancellation;
        lock (_call.WriteLock)
        {
            lock (_lock)
            {
                if (!_call.TryComplete())
                {
                    return;
                }

                _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                cancellation = _cancellation;
            }
        }

        try
        {
            Log.DeadlineExceeded(_call.Logger, _call.Method);
            // The handler may be stuck in anything, so the client is answered while it is told.
            var cancelled = cancellation?.CancelAsync() ?? Task.CompletedTask;
            _call.Http.Request.BodyReader.CancelPendingRead();
            _call.WriteStatus(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"));
            await _call.Http.Response.CompleteAsync();
            _call.Http.Features.Get<IHttpResetFeature>()?.Reset(Http2Cancel);
            await cancelled;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection went away at the same moment: there is nobody left to tell.
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}
