using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer writes one message: either <see cref="Complete(byte[])"/> alone, or a buffer writer and then <see cref="Complete()"/>.</summary>
public abstract class SerializationContext
{
    /// <summary>Hands over the whole payload.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>The writer that takes the payload.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Tells the payload's length before it is written, which spares a copy.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends a payload that was written to the buffer writer.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}
