using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The server's side of a stream of requests.</summary>
internal sealed class RequestStream<T>(HttpCallContext call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private readonly PipeReader _body = call.Http.Request.BodyReader;
    private T? _current;
    private bool _ended;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: call MoveNext first, and only while it gives true.");

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        if (call.IsCompleted)
        {
            return Task.FromException<bool>(new InvalidOperationException("Can't read messages after the request is complete."));
        }

        if (_ended)
        {
            return Task.FromResult(false);
        }

        try
        {
            // What has arrived already is taken without a state machine.
            return _body.TryRead(out var read) && RequestMessages.TryTakeNext(_body, read, marshaller, call, out _current)
                ? Task.FromResult(Found())
                : WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            return Task.FromException<bool>(exception);
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _body.ReadAsync(cancellationToken);
            if (RequestMessages.TryTakeNext(_body, read, marshaller, call, out _current))
            {
                return Found();
            }
        }
    }

    private bool Found()
    {
        _ended = _current is null;
        return !_ended;
    }
}
