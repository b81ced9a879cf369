using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>Room for the states of very many clients and for the index that finds them, outside the collector's heap.</summary>
/// <remarks>
/// Room only: the system gives memory where it is first written to, so what is never moved may be laid out as if the table were full.
/// Among a million clients each request meets a state whose page no address cache knows, and to walk the page tables may take as long as to read
/// the state. A table that is filling up therefore asks for pages of 2 MiB, which many systems give on advice alone, and the collector does not advise.
/// Thread-safe; freed with its last reference.
/// </remarks>
internal sealed unsafe partial class StateMemory : CriticalFinalizerObject
{
    private const nuint LargePageBytes = 2 << 20;
    private const int MakeLarge = 14;      // MADV_HUGEPAGE: from now on
    private const int MakeLargeNow = 25;   // MADV_COLLAPSE: what is there already; Linux 6.1

    private readonly nuint _bytes;
    private int _isLarge;

    /// <summary>Reserves room.</summary>
    /// <param name="bytes">How much.</param>
    /// <exception cref="InsufficientMemoryException">The system has not so much to give.</exception>
    public StateMemory(long bytes)
    {
        _bytes = ((nuint)bytes + LargePageBytes - 1) & ~(LargePageBytes - 1);
        try
        {
            Start = (byte*)NativeMemory.AlignedAlloc(_bytes, LargePageBytes);
        }
        catch (OutOfMemoryException error)
        {
            throw new InsufficientMemoryException($"The system has no {bytes:N0} bytes for the states of clients; a lower Limiter:ClientsMax asks for less.", error);
        }
    }

    ~StateMemory() => NativeMemory.AlignedFree(Start);

    /// <summary>The first byte, at a multiple of 2 MiB. Not zeroed.</summary>
    public byte* Start { get; }

    /// <summary>Asks for large pages, once, on another thread: it copies what is there.</summary>
    public void UseLargePages()
    {
        if (OperatingSystem.IsLinux() && Interlocked.Exchange(ref _isLarge, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static memory => memory.Advise(), this, preferLocal: false);
        }
    }

    // Advice only: where it is refused, everything is as right and a little slower.
    private void Advise()
    {
        _ = Advise(Start, _bytes, MakeLarge);
        _ = Advise(Start, _bytes, MakeLargeNow);
        GC.KeepAlive(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
