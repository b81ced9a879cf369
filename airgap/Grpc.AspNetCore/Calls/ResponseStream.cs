using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The server's side of a stream of responses.</summary>
internal sealed class ResponseStream<T>(HttpCallContext call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private readonly Lock _lock = call.WriteLock;
    private Task? _pending;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (message is null)
        {
            return Task.FromException(new ArgumentNullException(nameof(message)));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        try
        {
            lock (_lock)
            {
                return Write(message, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    private Task Write(T message, CancellationToken cancellationToken)
    {
        if (call.IsCompleted || call.CancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException("Can't write the message because the request is complete.");
        }

        if (_pending is { IsCompleted: false })
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }

        call.Write(message, marshaller);
        if ((call.WriteOptions?.Flags & WriteFlags.BufferHint) > 0)
        {
            return Task.CompletedTask;
        }

        var flush = call.Http.Response.BodyWriter.FlushAsync(cancellationToken);
        if (flush.IsCompletedSuccessfully)
        {
            _ = flush.Result;
            return Task.CompletedTask;
        }

        return _pending = Await(flush);
    }

    private static async Task Await(ValueTask<FlushResult> flush) => await flush;
}
