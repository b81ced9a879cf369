using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>Clocks to time samples by, in nanoseconds.</summary>
internal static partial class Clock
{
    private const int ThreadProcessorTime = 3;   // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Time that passed for everybody.</summary>
    public static double Wall() => Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency);

    /// <summary>Time that a processor spent on the calling thread; what others do meanwhile does not count. Linux only, elsewhere <see cref="Wall"/>.</summary>
    public static double Thread()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Wall();
        }

        _ = GetTime(ThreadProcessorTime, out var time);
        return (time.Seconds * 1e9) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
