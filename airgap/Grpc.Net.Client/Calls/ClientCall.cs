using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Wire;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client.Calls;

/// <summary>One call from its start to its status: deadline, cancellation, headers, trailers.</summary>
/// <remarks>Who ends it first decides its status: the server's trailers, the deadline, the caller, or a broken connection.</remarks>
internal sealed partial class ClientCall : IDisposable
{
    // A server that counts whole milliseconds resets the stream at its own deadline, which then lies a little before ours.
    private static readonly TimeSpan ServersDeadlineLead = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly CancellationTokenRegistration _channelRegistration;
    private readonly CancellationTokenRegistration _parentRegistration;
    private readonly DeadlineTimer? _deadline;
    private readonly CallOptions _options;
    private End? _end;
    private HttpResponseMessage? _response;
    private StreamingContent? _body;
    private Activity? _activity;

    public ClientCall(GrpcChannel channel, IMethod method, string? host, in CallOptions options)
    {
        Channel = channel;
        Target = channel.GetTarget(method);
        Host = host;
        _options = options;
        // Errors before the headers reach callers through the response as well; nobody has to look at both.
        _ = _headers.Task.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        var parent = options.PropagationToken as PropagatedCall;
        var deadline = parent?.Deadline < (options.Deadline ?? DateTime.MaxValue) ? parent.Deadline : options.Deadline;
        _deadline = DeadlineTimer.Start(deadline, static state => ((ClientCall)state).OnDeadline(), this);
        _callerRegistration = options.CancellationToken.UnsafeRegister(static state => ((ClientCall)state!).Cancel("Call canceled by the client."), this);
        _channelRegistration = channel.Disposed.UnsafeRegister(static state => ((ClientCall)state!).Cancel("The channel was disposed."), this);
        if (parent is not null)
        {
            _parentRegistration = parent.CancellationToken.UnsafeRegister(static state => ((ClientCall)state!).Cancel("Call canceled by the client."), this);
        }

        if (IsLate)
        {
            OnDeadline();   // At once: the timer might let the request out first.
        }

        if (_end is not null)
        {
            Release();   // It ended before its timer and registrations were all there to be let go of.
        }
    }

    public GrpcChannel Channel { get; }

    public CallTarget Target { get; }

    public CallOptions Options => _options;

    public string? Host { get; }

    /// <summary>Fires when the call ended without the server's doing.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    public Task<Metadata> ResponseHeadersAsync => _headers.Task;

    public TimeSpan? TimeLeft => _deadline?.TimeLeft;

    /// <summary>Whether the server's clock may have reached the deadline.</summary>
    public bool IsLateAtServer => TimeLeft < ServersDeadlineLead;

    public bool HasEnded => Volatile.Read(ref _end) is not null;

    public Status GetStatus() => EndOrThrow().Status;

    public Metadata GetTrailers() => EndOrThrow().Trailers;

    public void Dispose() => Cancel("gRPC call disposed.");

    public void Cancel(string detail) => TryEnd(new Status(StatusCode.Cancelled, detail), Metadata.Empty);

    public void StartActivity() => _activity = ClientActivity.Start(Target.Method);

    /// <summary>Takes the request's body, which the call's end ends too: the connection would wait for it.</summary>
    public void Attach(StreamingContent body)
    {
        Volatile.Write(ref _body, body);
        if (HasEnded)
        {
            body.Complete();
        }
    }

    /// <summary>Takes the response, which the call's end lets go of.</summary>
    public void Begin(HttpResponseMessage response, Metadata headers)
    {
        _headers.TrySetResult(headers);
        Volatile.Write(ref _response, response);
        if (HasFailed)
        {
            response.Dispose();
        }
    }

    /// <summary>Ends the call if nothing has ended it before.</summary>
    public bool TryEnd(Status status, Metadata trailers)
    {
        if (Interlocked.CompareExchange(ref _end, new End(status, trailers), null) is not null)
        {
            return false;
        }

        ClientActivity.Stop(_activity, status.StatusCode);
        if (status.StatusCode != StatusCode.OK)
        {
            LogFailure(Channel.Logger, Target.Method.FullName, status.StatusCode, status.Detail);
            _headers.TrySetException(CreateException());
            _cancellation.Cancel();
            // A response that nobody reads on would hold its stream on the connection.
            Volatile.Read(ref _response)?.Dispose();
        }

        Volatile.Read(ref _body)?.Complete();
        Release();
        return true;
    }

    /// <summary>Ends the call because of an exception; gives the exception that its status makes.</summary>
    public Exception Fail(Exception exception)
    {
        TryEnd(ExceptionStatus.From(exception, IsLateAtServer), (exception as RpcException)?.Trailers ?? Metadata.Empty);
        return CreateException();
    }

    /// <summary>The exception for the status of the ended call.</summary>
    public Exception CreateException()
    {
        var (status, trailers) = EndOrThrow();
        if (Channel.Options.ThrowOperationCanceledOnCancellation)
        {
            if (status.StatusCode == StatusCode.Cancelled && _options.CancellationToken.IsCancellationRequested)
            {
                return new OperationCanceledException(status.Detail, new RpcException(status, trailers), _options.CancellationToken);
            }

            if (status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded)
            {
                return new OperationCanceledException(status.Detail, new RpcException(status, trailers));
            }
        }

        return new RpcException(status, trailers);
    }

    private bool HasFailed => Volatile.Read(ref _end) is { Status.StatusCode: not StatusCode.OK };

    private bool IsLate => _deadline is { TimeLeft.Ticks: <= 0 };

    [LoggerMessage(1, LogLevel.Debug, "Call of {Method} ended with {StatusCode}: {Detail}")]
    private static partial void LogFailure(ILogger logger, string method, StatusCode statusCode, string detail);

    private End EndOrThrow() =>
        Volatile.Read(ref _end) ?? throw new InvalidOperationException("The call has not ended: it has no status and no trailers yet.");

    private void OnDeadline() => TryEnd(new Status(StatusCode.DeadlineExceeded, ""), Metadata.Empty);

    private void Release()
    {
        _deadline?.Dispose();
        // Not Dispose: that waits for a running callback, which may be the one that got us here.
        _callerRegistration.Unregister();
        _channelRegistration.Unregister();
        _parentRegistration.Unregister();
    }

    private sealed record End(Status Status, Metadata Trailers);
}
