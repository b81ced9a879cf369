using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace RateLimitSuite.Limiter.Wire;

/// <summary>Writes fields of a protobuf message one after the other, leaving out what has its default, as proto3 has it.</summary>
/// <remarks>
/// For messages that are written hundreds of thousands of times a second: the generated code goes over a message once for each message around it
/// to learn its length before it writes. Who writes with this gives room enough instead, and compares with the generated code in a test.
/// Source: protobuf.dev, "Encoding".
/// </remarks>
/// <param name="to">Room for all that will be written.</param>
internal ref struct WireWriter(Span<byte> to)
{
    /// <summary>A UTF-16 character is at most so many bytes.</summary>
    public const int BytesPerCharMax = 3;

    /// <summary>Bytes that tag and length of a field take at most, or tag and value of a number.</summary>
    public const int FieldMax = 5 + 10;

    private const int OneByteMax = 0x7F;

    private readonly Span<byte> _to = to;
    private int _at;

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        LengthDelimited = 2,
    }

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => _at;

    /// <summary>A text as UTF-8; empty: left out.</summary>
    public void Text(int field, string text)
    {
        if (text.Length > 0)
        {
            EachText(field, text);
        }
    }

    /// <summary>A text of a repeated field, which is written even if it is empty.</summary>
    public void EachText(int field, string text)
    {
        Tag(field, WireType.LengthDelimited);
        if (text.Length * BytesPerCharMax <= OneByteMax)
        {
            // Whatever its length turns out to be, it takes one byte: written first, measured by that.
            var length = Encoding.UTF8.GetBytes(text, _to[(_at + 1)..]);
            _to[_at] = (byte)length;
            _at += 1 + length;
            return;
        }

        Varint((ulong)Encoding.UTF8.GetByteCount(text));
        _at += Encoding.UTF8.GetBytes(text, _to[_at..]);
    }

    /// <summary>An integer, flag or enumeration; 0: left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, WireType.Varint);
            Varint(value);
        }
    }

    /// <summary>An integer, flag or enumeration that is written even if it is 0.</summary>
    public void EachNumber(int field, ulong value)
    {
        Tag(field, WireType.Varint);
        Varint(value);
    }

    /// <summary>A double; 0: left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Double(int field, double value) => Double(field, value, value != 0);

    /// <summary>A double that says itself whether it is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Double(int field, double value, bool present)
    {
        if (present)
        {
            Tag(field, WireType.Fixed64);
            Fixed64(value);
        }
    }

    /// <summary>Doubles of a repeated field, packed; none: left out.</summary>
    public void Doubles(int field, RepeatedField<double> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        Header(field, values.Count * sizeof(double));
        for (var i = 0; i < values.Count; i++)
        {
            Fixed64(values[i]);
        }
    }

    /// <summary>A signed integer; 0: left out.</summary>
    public void Signed(int field, long value) => Number(field, (ulong)value);

    /// <summary>A duration; null: left out.</summary>
    public void Duration(int field, Duration? value)
    {
        if (value is null)
        {
            return;
        }

        var begin = Begin(field);
        Signed(Google.Protobuf.WellKnownTypes.Duration.SecondsFieldNumber, value.Seconds);
        Signed(Google.Protobuf.WellKnownTypes.Duration.NanosFieldNumber, value.Nanos);
        End(begin);
    }

    /// <summary>What comes before a message within, of so many bytes.</summary>
    public void Header(int field, int length)
    {
        Tag(field, WireType.LengthDelimited);
        Varint((ulong)length);
    }

    /// <summary>Begins a message within whose length is not known yet.</summary>
    /// <returns>For <see cref="End"/>.</returns>
    public int Begin(int field)
    {
        Tag(field, WireType.LengthDelimited);
        return _at++;   // A byte for the length, which is enough for most.
    }

    /// <summary>Ends a message within.</summary>
    /// <param name="begin">From <see cref="Begin"/>.</param>
    public void End(int begin)
    {
        var (start, length) = (begin + 1, _at - begin - 1);
        var more = BitOperations.Log2((uint)length | 1) / 7;
        if (more > 0)
        {
            _to.Slice(start, length).CopyTo(_to[(start + more)..]);
        }

        _at = begin;
        Varint((ulong)length);
        _at += length;
    }

    /// <summary>A message within, as bytes.</summary>
    public void Message(int field, scoped ReadOnlySpan<byte> message)
    {
        Header(field, message.Length);
        Raw(message);
    }

    /// <summary>Fields that were written elsewhere.</summary>
    public void Raw(scoped ReadOnlySpan<byte> fields)
    {
        fields.CopyTo(_to[_at..]);
        _at += fields.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tag(int field, WireType type) => Varint(((uint)field << 3) | (uint)type);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fixed64(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_to[_at..], value);
        _at += sizeof(double);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Varint(ulong value)
    {
        for (; value > OneByteMax; value >>= 7)
        {
            _to[_at++] = (byte)(value | 0x80);
        }

        _to[_at++] = (byte)value;
    }
}
