namespace RateLimitSuite.Explainer.Background;

/// <summary>The background window: the last feature vectors, whole rows of F doubles in a ring.</summary>
/// <remarks>Thread-safe. A row costs one copy under a lock; nothing is allocated after construction but by <see cref="Snapshot"/>.</remarks>
internal sealed class BackgroundWindow(int featureCount, int capacity)
{
    private readonly Lock _lock = new();
    private readonly double[] _rows = new double[featureCount * capacity];
    private long _added;

    /// <summary>Rows added since start, also those that were overwritten.</summary>
    public long Added => Volatile.Read(ref _added);

    public int Count => (int)Math.Min(Added, capacity);

    /// <summary>Adds one feature vector, over the oldest where full.</summary>
    public void Add(ReadOnlySpan<double> features)
    {
        lock (_lock)
        {
            features.CopyTo(_rows.AsSpan((int)(_added % capacity) * featureCount, featureCount));
            _added++;
        }
    }

    /// <summary>A copy of the rows, row-major; their order says nothing.</summary>
    public double[] Snapshot()
    {
        lock (_lock)
        {
            return _rows.AsSpan(0, Count * featureCount).ToArray();
        }
    }
}
