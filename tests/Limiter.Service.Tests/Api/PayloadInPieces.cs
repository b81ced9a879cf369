using System.Buffers;
using Grpc.Core;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>A message as a web server has it: now in one piece, now in two.</summary>
internal sealed class PayloadInPieces(byte[] bytes, Random random) : DeserializationContext
{
    public override int PayloadLength => bytes.Length;

    public override byte[] PayloadAsNewBuffer() => [.. bytes];

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence()
    {
        if (random.Next(2) == 0 || bytes.Length < 2)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        var cut = random.Next(1, bytes.Length);
        var first = new Piece(bytes.AsMemory(0, cut), 0);
        return new ReadOnlySequence<byte>(first, 0, first.Append(bytes.AsMemory(cut)), bytes.Length - cut);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
