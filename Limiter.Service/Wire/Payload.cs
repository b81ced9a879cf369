using System.Buffers;

namespace RateLimitSuite.Limiter.Wire;

/// <summary>A message as it came from the network, in one piece.</summary>
internal static class Payload
{
    [ThreadStatic]
    private static byte[]? _scratch;

    /// <summary>All of a message; if it came in pieces, until this thread asks for the next.</summary>
    public static ReadOnlySpan<byte> InOnePiece(in ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
        {
            return payload.FirstSpan;
        }

        var length = (int)payload.Length;
        if (_scratch is null || _scratch.Length < length)
        {
            _scratch = new byte[length];
        }

        payload.CopyTo(_scratch);
        return _scratch.AsSpan(0, length);
    }
}
