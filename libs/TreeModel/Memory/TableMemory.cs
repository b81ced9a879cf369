using System.Runtime.InteropServices;

namespace RateLimitSuite.TreeModel.Memory;

/// <summary>Memory of a table: outside the collected heap, on cache lines and, where the system has them, on huge pages.</summary>
/// <remarks>Look-ups are scattered over tens of megabytes; with pages of 4 kB nearly each would also miss the address cache.</remarks>
internal sealed unsafe partial class TableMemory
{
    private const nuint HugePageBytes = 2 << 20;
    private const nuint LineBytes = 64;
    private const int AdviseHugePages = 14;

    /// <summary>Takes zeroed memory for so many doubles.</summary>
    public TableMemory(long doubles)
    {
        Bytes = doubles * sizeof(double);
        var isLarge = (nuint)Bytes >= HugePageBytes;
        Start = (double*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, Bytes), isLarge ? HugePageBytes : LineBytes);
        if (isLarge && OperatingSystem.IsLinux())
        {
            // Advice only: where it is refused, the table is as right and a little slower.
            _ = Advise(Start, (nuint)Bytes, AdviseHugePages);
        }

        NativeMemory.Clear(Start, (nuint)Bytes);
        if (Bytes > 0)
        {
            GC.AddMemoryPressure(Bytes);
        }
    }

    /// <summary>Frees the memory, once no explanation uses it any more.</summary>
    ~TableMemory()
    {
        NativeMemory.AlignedFree(Start);
        if (Bytes > 0)
        {
            GC.RemoveMemoryPressure(Bytes);
        }
    }

    /// <summary>First double.</summary>
    public double* Start { get; }

    /// <summary>Bytes taken.</summary>
    public long Bytes { get; }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
