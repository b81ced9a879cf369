using System.Numerics;
using System.Runtime.InteropServices;

namespace RateLimitSuite.Limiter;

/// <summary>A sum that many threads add to: each has a cell that it shares with few others, so that it seldom waits for another's cache line.</summary>
/// <remarks>A cell by processor would be shared by none, but which it is has to be asked of the system each time.</remarks>
internal sealed class StripedCounter
{
    private const int CellsPerProcessor = 4;
    private const int CellsMax = 64;

    private readonly Cell[] _cells = new Cell[CellCount];

    /// <summary>Cells that threads share by their ids: a power of two.</summary>
    public static int CellCount { get; } = (int)Math.Min(CellsMax, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * CellsPerProcessor));

    /// <summary>The sum. Not an instant's value while others add.</summary>
    public long Sum
    {
        get
        {
            long sum = 0;
            foreach (ref var cell in _cells.AsSpan())
            {
                sum += Volatile.Read(ref cell.Value);
            }

            return sum;
        }
    }

    public void Add(long value) => Interlocked.Add(ref _cells[Environment.CurrentManagedThreadId & (_cells.Length - 1)].Value, value);

    public void Increment() => Add(1);

    // Two cache lines, as processors fetch them in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(0)] public long Value;
    }
}
