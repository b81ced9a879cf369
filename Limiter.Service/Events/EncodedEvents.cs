namespace RateLimitSuite.Limiter.Events;

/// <summary>Events as bytes, gathered by one thread, to be added to a topic's records at one go.</summary>
/// <remarks>An event that were kept as an object until the next flush would outlive the young generation, some 100,000 a second of them. Holds no more
/// than the answer to one message of a caller makes.</remarks>
internal sealed class EncodedEvents
{
    private readonly List<(string Key, int Start, int Length)> _events = [];
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>Number of events.</summary>
    public int Count => _events.Count;

    /// <summary>Adds an event; the caller may change it afterwards.</summary>
    /// <typeparam name="T">Of the event.</typeparam>
    /// <param name="key">Of the record.</param>
    /// <param name="message">The event.</param>
    /// <param name="room">Bytes that are enough for it.</param>
    /// <param name="write">Writes it to a span of so many bytes; returns how many it took.</param>
    public void Add<T>(string key, T message, Func<T, int> room, Func<T, Span<byte>, int> write)
    {
        var size = room(message);
        if (_length + size > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + size, 2 * _bytes.Length));
        }

        var written = write(message, _bytes.AsSpan(_length, size));
        _events.Add((key, _length, written));
        _length += written;
    }

    /// <summary>An event's bytes, and the key of its record.</summary>
    public ReadOnlySpan<byte> Read(int index, out string key)
    {
        (key, var start, var length) = _events[index];
        return _bytes.AsSpan(start, length);
    }

    /// <summary>Forgets all events and keeps the room.</summary>
    public void Clear()
    {
        _events.Clear();
        _length = 0;
    }
}
