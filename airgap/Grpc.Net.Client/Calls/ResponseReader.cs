using System.Buffers;
using Grpc.Core;
using Grpc.Net.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Reads the messages of a response, then its status.</summary>
internal sealed class ResponseReader<T>(ClientCall call, HttpResponseMessage response, Marshaller<T> marshaller) : IDisposable
    where T : class
{
    private const int StartBytes = 4096;

    private readonly string? _encoding =
        response.Headers.NonValidated.TryGetValues(HeaderNames.Encoding, out var values) ? values.ToString() : null;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(StartBytes);
    private Stream? _stream;
    private int _start;
    private int _end;

    /// <summary>The next message; null at the end of the response.</summary>
    /// <exception cref="RpcException">A message breaks the framing or a limit.</exception>
    public async ValueTask<T?> ReadAsync()
    {
        _stream ??= await response.Content.ReadAsStreamAsync(call.Cancelled);
        if (!await FillAsync(MessageFrame.HeaderLength))
        {
            return _end == _start ? null : throw FrameException.Incomplete();
        }

        var lengthMax = call.Channel.Options.MaxReceiveMessageSize;
        var length = MessageFrame.ReadHeader(_buffer.AsSpan(_start), lengthMax, out var compressed);
        _start += MessageFrame.HeaderLength;
        if (!await FillAsync(length))
        {
            throw FrameException.Incomplete();
        }

        var payload = new ReadOnlySequence<byte>(_buffer, _start, length);
        _start += length;
        return PayloadContext.Deserialize(
            marshaller, compressed ? call.Channel.Encodings.Decompress(payload, _encoding, lengthMax) : payload);
    }

    /// <summary>Ends the call with the status that followed the last message.</summary>
    public Status End()
    {
        call.TryEnd(ResponseStatus.FromEnd(response), ResponseStatus.ReadMetadata(response.TrailingHeaders));
        return call.GetStatus();
    }

    public void Dispose()
    {
        response.Dispose();
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<bool> FillAsync(int count)
    {
        while (_end - _start < count)
        {
            if (_end == _buffer.Length || _start == _end)
            {
                MakeRoom();
            }

            var read = await _stream!.ReadAsync(_buffer.AsMemory(_end), call.Cancelled);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    // Grows with what has really arrived: a length alone, which anyone can claim, costs nothing.
    private void MakeRoom()
    {
        var unread = _end - _start;
        if (unread > _buffer.Length / 2)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, unread).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, unread).CopyTo(_buffer);
        }

        _start = 0;
        _end = unread;
    }
}
