using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Ends a call that takes longer than its client allows.</summary>
internal sealed class CallDeadline : IDisposable
{
    private const int Http2Cancel = 8;
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(40);   // Timers take at most 49 days.

    private readonly HttpCallContext _call;
    private readonly CancellationTokenSource _cancellation;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;

    private CallDeadline(TimeSpan timeout, HttpCallContext call)
    {
        _call = call;
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Time = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(call.Http.RequestAborted);
        Token = _cancellation.Token;
        // A call of more than 40 days is left to its client's own timer.
        _timer = TimeProvider.System.CreateTimer(
            static state => _ = ((CallDeadline)state!).ExpireAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (timeout <= TimerMax)
        {
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public DateTime Time { get; }

    /// <summary>Fires at the deadline, or when the client gives the call up.</summary>
    public CancellationToken Token { get; }

    /// <summary>Ends when the response of an expired call has been written: the request must not be given back before.</summary>
    public Task Ended => _ended.Task;

    public static CallDeadline Start(TimeSpan timeout, HttpCallContext call) => new(timeout, call);

    public void Dispose()
    {
        _timer.Dispose();
        _cancellation.Dispose();
    }

    private async Task ExpireAsync()
    {
        lock (_call.WriteLock)
        {
            if (!_call.TryComplete())
            {
                return;
            }
        }

        try
        {
            // The handler may be stuck in anything, so the client is answered while it is told.
            var cancelled = _cancellation.CancelAsync();
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
