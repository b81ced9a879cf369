using System.Buffers;

namespace Grpc.Core;

/// <summary>Lets a contextual serializer write into a new array.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _buffer;
    private byte[]? _payload;

    public byte[] Payload => _payload ?? throw new InvalidOperationException("The serializer did not complete the payload.");

    public override void SetPayloadLength(int payloadLength)
    {
        if (payloadLength > 0)
        {
            _buffer ??= new ArrayBufferWriter<byte>(payloadLength);
        }
    }

    public override IBufferWriter<byte> GetBufferWriter() => _buffer ??= new ArrayBufferWriter<byte>();

    public override void Complete() => _payload = _buffer?.WrittenSpan.ToArray() ?? [];

    public override void Complete(byte[] payload) => _payload = payload;
}
