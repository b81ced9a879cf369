using System.Runtime.InteropServices;

namespace RateLimitSuite.Limiter;

/// <summary>A sum that many threads add to: each processor has a cell of its own, so that none waits for another's cache line.</summary>
internal sealed class StripedCounter
{
    private readonly Cell[] _cells = new Cell[(int)Math.Min(64, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))];

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

    public void Add(long value) => Interlocked.Add(ref _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)].Value, value);

    public void Increment() => Add(1);

    // Two cache lines, as processors fetch them in pairs.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(0)] public long Value;
    }
}
