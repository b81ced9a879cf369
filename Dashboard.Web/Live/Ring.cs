namespace RateLimitSuite.Dashboard.Live;

/// <summary>The newest items of a stream, no more than its capacity. Not thread-safe: its owner holds a lock.</summary>
internal sealed class Ring<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private long _added;

    public int Count => (int)Math.Min(_added, _items.Length);

    public void Add(T item) => _items[_added++ % _items.Length] = item;

    /// <summary>The newest items, newest first.</summary>
    public T[] Newest(int most)
    {
        var newest = new T[Math.Min(most, Count)];
        for (var i = 0; i < newest.Length; i++)
        {
            newest[i] = _items[(_added - 1 - i) % _items.Length];
        }

        return newest;
    }

    /// <summary>All items, oldest first.</summary>
    public T[] ToArray()
    {
        var all = Newest(Count);
        Array.Reverse(all);
        return all;
    }
}
