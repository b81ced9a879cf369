using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RateLimitSuite.TreeModel.Memory;

/// <summary>An array that begins on a cache line and stays there, so that a vector of 64 bytes never lies across two lines.</summary>
internal sealed unsafe class AlignedArray<T>
    where T : unmanaged
{
    /// <summary>Bytes of a cache line, and of the widest vector.</summary>
    public const int LineBytes = 64;

    private readonly T[] _array;
    private readonly int _offset;

    /// <summary>Makes a zeroed array.</summary>
    public AlignedArray(int length)
    {
        Length = length;
        _array = GC.AllocateArray<T>(length + (LineBytes / sizeof(T)), pinned: true);
        _offset = OffsetToLine(ref MemoryMarshal.GetArrayDataReference(_array));
    }

    /// <summary>Makes a copy of some values.</summary>
    public AlignedArray(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(Span);

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>All elements.</summary>
    public Span<T> Span => _array.AsSpan(_offset, Length);

    /// <summary>The first element.</summary>
    public ref T First
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), (nuint)_offset);
    }

    /// <summary>Where the first element lies; valid while the array is referenced.</summary>
    public T* Start => (T*)Unsafe.AsPointer(ref First);

    /// <summary>Drops so many elements of a stack buffer that the rest begins on a line; it must have a line to spare.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<T> Align(Span<T> buffer) => buffer[OffsetToLine(ref MemoryMarshal.GetReference(buffer))..];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OffsetToLine(ref T start) =>
        (int)((LineBytes - ((nuint)Unsafe.AsPointer(ref start) % LineBytes)) % LineBytes) / sizeof(T);
}
