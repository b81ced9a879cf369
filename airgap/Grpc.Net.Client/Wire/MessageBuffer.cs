using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Net.Wire;

/// <summary>Serializes messages, each with its header before it, into one buffer that is used again and again.</summary>
internal sealed class MessageBuffer : SerializationContext, IBufferWriter<byte>
{
    // A single large message must not keep its buffer for the rest of a long stream.
    private const int KeptBytes = 64 * 1024;

    private byte[] _buffer = [];
    private int _written;

    /// <summary>How hard messages are compressed; null for the provider's own level.</summary>
    public CompressionLevel? CompressionLevel { get; init; }

    /// <summary>Serializes a message; what is returned is valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write<T>(T message, Marshaller<T> marshaller, ICompressionProvider? compression, int? lengthMax)
    {
        if (_buffer.Length > KeptBytes)
        {
            _buffer = [];
        }

        _written = MessageFrame.HeaderLength;
        marshaller.ContextualSerializer(message, this);
        var length = _written - MessageFrame.HeaderLength;
        if (length > lengthMax)
        {
            throw FrameException.TooLongToSend(lengthMax.Value);
        }

        // Of nothing, .NET's compressors make nothing, which others do not take for compressed data.
        if (compression is not null && length > 0)
        {
            return Compress(length, compression);
        }

        Reserve(0);
        MessageFrame.WriteHeader(_buffer, length, compressed: false);
        return _buffer.AsMemory(0, _written);
    }

    public override void SetPayloadLength(int payloadLength) => Reserve(payloadLength);

    public override IBufferWriter<byte> GetBufferWriter() => this;

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload) => this.Write(payload);

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_written);
    }

    private void Reserve(int count)
    {
        var needed = checked(_written + count);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length == 0 ? needed : Math.Max(needed, Math.Min(_buffer.Length * 2, Array.MaxLength)));
        }
    }

    private Memory<byte> Compress(int length, ICompressionProvider compression)
    {
        using var target = new MemoryStream();
        target.Write(stackalloc byte[MessageFrame.HeaderLength]);
        using (var stream = compression.CreateCompressionStream(target, CompressionLevel))
        {
            stream.Write(_buffer, MessageFrame.HeaderLength, length);
        }

        var frame = target.GetBuffer().AsMemory(0, (int)target.Length);
        MessageFrame.WriteHeader(frame.Span, frame.Length - MessageFrame.HeaderLength, compressed: true);
        return frame;
    }
}
