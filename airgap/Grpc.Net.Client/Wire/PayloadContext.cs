using System.Buffers;
using Grpc.Core;

namespace Grpc.Net.Wire;

/// <summary>Shows a received payload to a deserializer without copying it.</summary>
/// <remarks>A deserializer runs to its end on one thread, so that thread's one context is lent to it.</remarks>
internal sealed class PayloadContext : DeserializationContext
{
    [ThreadStatic]
    private static PayloadContext? Idle;

    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public static T Deserialize<T>(Marshaller<T> marshaller, in ReadOnlySequence<byte> payload)
    {
        var context = Idle ?? new PayloadContext();
        Idle = null;
        context._payload = payload;
        try
        {
            return marshaller.ContextualDeserializer(context);
        }
        finally
        {
            context._payload = default;
            Idle = context;
        }
    }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
}
