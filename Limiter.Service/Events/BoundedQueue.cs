using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace RateLimitSuite.Limiter.Events;

/// <summary>A queue that never makes a writer wait: what finds no room is dropped and counted.</summary>
internal sealed class BoundedQueue<T>(int capacity)
{
    private readonly ConcurrentQueue<T> _items = new();
    private readonly StripedCounter _dropped = new();
    private int _count;

    /// <summary>Items that found no room.</summary>
    public long Dropped => _dropped.Sum;

    /// <summary>Items that wait.</summary>
    public int Count => Math.Clamp(Volatile.Read(ref _count), 0, capacity);

    public bool TryAdd(T item)
    {
        // Read first: a queue under pressure is full, and then nobody need fight for the counter.
        if (Volatile.Read(ref _count) >= capacity)
        {
            _dropped.Increment();
            return false;
        }

        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            _dropped.Increment();
            return false;
        }

        _items.Enqueue(item);
        return true;
    }

    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        if (!_items.TryDequeue(out item))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }
}
