using Grpc.Core;
using Grpc.Net.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>The client's side of a stream of requests.</summary>
internal sealed class ClientStreamWriter<T>(ClientCall call, StreamingContent content, Marshaller<T> marshaller) : IClientStreamWriter<T>
    where T : class
{
    private readonly MessageBuffer _buffer = new();
    private int _writing;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; } = call.Options.WriteOptions;

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        Begin();
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static state => ((ClientCall)state!).Cancel("Call canceled by the client."), call);
            await SendAsync(message);
        }
        catch (Exception exception)
        {
            // The server may have ended the call while it was written to: then its status counts, which the reading side finds.
            throw call.HasEnded ? call.CreateException() : new RpcException(ExceptionStatus.From(exception, call.IsLateAtServer));
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        if (Volatile.Read(ref _writing) == 1)
        {
            throw new InvalidOperationException("Can't complete the client stream writer because the previous write is in progress.");
        }

        _completed = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private void Begin()
    {
        if (_completed)
        {
            throw new InvalidOperationException("Request stream has already been completed.");
        }

        if (call.HasEnded)
        {
            throw call.CreateException();
        }

        if (Interlocked.Exchange(ref _writing, 1) == 1)
        {
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        }
    }

    private async Task SendAsync(T message)
    {
        var stream = await content.Opened.WaitAsync(call.Cancelled);
        var flags = WriteOptions?.Flags ?? default;
        var compression = (flags & WriteFlags.NoCompress) != 0 ? null : RequestFactory.FindCompression(call);
        await stream.WriteAsync(_buffer.Write(message, marshaller, compression, call.Channel.Options.MaxSendMessageSize), call.Cancelled);
        if ((flags & WriteFlags.BufferHint) == 0)
        {
            await stream.FlushAsync(call.Cancelled);
        }
    }
}
