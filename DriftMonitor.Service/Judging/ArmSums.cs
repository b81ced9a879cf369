using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>What one arm did in an interval, as a whole and block by block.</summary>
internal sealed class ArmSums
{
    private readonly SortedDictionary<long, ArmCounts> _blocks = [];

    /// <summary>The interval as a whole.</summary>
    public ArmCounts Total { get; } = new();

    /// <summary>Its blocks in time order, without the empty ones.</summary>
    public IReadOnlyCollection<ArmCounts> Blocks => _blocks.Values;

    /// <summary>Adds a window.</summary>
    /// <param name="block">Number of the block it lies in; null: there are no blocks.</param>
    /// <param name="window">What the arm did in it.</param>
    public void Add(long? block, ArmCounts window)
    {
        Total.Add(window);
        if (block is not { } number)
        {
            return;
        }

        if (!_blocks.TryGetValue(number, out var counts))
        {
            _blocks.Add(number, counts = new());
        }

        counts.Add(window);
    }
}
