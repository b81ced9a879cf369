using System.Buffers.Binary;
using System.Text;

namespace RateLimitSuite.Limiter.Wire;

/// <summary>Reads fields of a protobuf message in their plain form: tags of one byte, numbers that fit, lengths that lie within.</summary>
/// <remarks>What is not plain need not be malformed: who reads with this leaves it to the generated code, and compares with that in a test.
/// Source: protobuf.dev, "Encoding".</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> from)
{
    /// <summary>Wire type of a tag: a number of variable length.</summary>
    public const uint Varint = 0;

    /// <summary>Wire type of a tag: eight bytes.</summary>
    public const uint Fixed64 = 1;

    /// <summary>Wire type of a tag: a length and so many bytes.</summary>
    public const uint Bytes = 2;

    private const int OneByteMax = 0x7F;

    private readonly ReadOnlySpan<byte> _from = from;
    private int _at;

    /// <summary>Whether all has been read.</summary>
    public readonly bool IsAtEnd => _at == _from.Length;

    /// <summary>Reads a tag; 0: it is not plain.</summary>
    public uint Tag() => _at < _from.Length && _from[_at] <= OneByteMax ? _from[_at++] : 0u;

    /// <summary>Reads a number.</summary>
    public bool TryNumber(out uint value)
    {
        value = 0;
        for (var shift = 0; shift < 28 && _at < _from.Length; shift += 7)
        {
            var part = _from[_at++];
            value |= (uint)(part & OneByteMax) << shift;
            if (part <= OneByteMax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a double.</summary>
    public bool TryDouble(out double value)
    {
        if (_from.Length - _at < sizeof(double))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadDoubleLittleEndian(_from[_at..]);
        _at += sizeof(double);
        return true;
    }

    /// <summary>Reads a text or a message within, as bytes.</summary>
    public bool TryBytes(out ReadOnlySpan<byte> value)
    {
        if (!TryNumber(out var length) || length > (uint)(_from.Length - _at))
        {
            value = default;
            return false;
        }

        value = _from.Slice(_at, (int)length);
        _at += (int)length;
        return true;
    }

    /// <summary>Reads a text of ASCII alone.</summary>
    /// <param name="before">A text that it may be: then that is given back instead of a new one.</param>
    /// <param name="text">Receives the text.</param>
    public bool TryText(string before, out string text)
    {
        text = "";
        if (!TryBytes(out var bytes))
        {
            return false;
        }

        if (Ascii.Equals(bytes, before))
        {
            text = before;
            return true;
        }

        if (!Ascii.IsValid(bytes))
        {
            return false;
        }

        text = Encoding.ASCII.GetString(bytes);
        return true;
    }
}
