using Google.Protobuf;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Events on their way to one topic, encoded at once into records of one key each. Bounded; never waits; any thread may add.</summary>
/// <remarks>
/// An event that were kept as an object until the next flush would outlive the young generation, some 100,000 a second of them. Its bytes are a
/// batch message in the making, as a message may be written piece by piece.
/// </remarks>
/// <param name="topic">One of <see cref="Contracts.Topics"/>.</param>
/// <param name="head">The batch message with everything but its events.</param>
/// <param name="field">The batch's repeated field of events.</param>
/// <param name="eventsMax">Events that may wait; beyond it they are dropped and counted.</param>
internal sealed class RecordWriter(string topic, IMessage head, int field, int eventsMax)
{
    // Larger arrays would go to the heap of large objects, which only full collections clean.
    private const int RecordBytesMax = 64 * 1024;
    private const int LengthDelimited = 2;
    private const int PrefixBytesMax = 10;   // tag and length

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly byte[] _head = head.ToByteArray();
    private readonly uint _tag = (uint)field << 3 | LengthDelimited;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OpenRecord> _open = new(StringComparer.Ordinal);
    private readonly StripedCounter _dropped = new();
    private List<EventRecord> _full = [];
    private int _waiting;

    /// <summary>Events that found no room.</summary>
    public long Dropped => _dropped.Sum;

    /// <summary>Events that wait.</summary>
    public int Count => Volatile.Read(ref _waiting);

    /// <summary>Adds an event; the caller may change it afterwards.</summary>
    /// <param name="key">Of the record.</param>
    /// <param name="message">The event.</param>
    public void Add(string key, IMessage message) => Add(key, message, static message => message.CalculateSize(), static (message, to) =>
    {
        message.WriteTo(to);
        return to.Length;
    });

    /// <summary>Adds an event that is written by other code than its own; the caller may change it afterwards.</summary>
    /// <typeparam name="T">Of the event.</typeparam>
    /// <param name="key">Of the record.</param>
    /// <param name="message">The event.</param>
    /// <param name="room">Bytes that are enough for it.</param>
    /// <param name="write">Writes it to a span of so many bytes; returns how many it took.</param>
    public void Add<T>(string key, T message, Func<T, int> room, Func<T, Span<byte>, int> write)
    {
        if (Volatile.Read(ref _waiting) >= eventsMax)
        {
            _dropped.Increment();
            return;
        }

        var scratch = Scratch(room(message));
        Add(key, scratch[..write(message, scratch)]);
    }

    /// <summary>Takes everything that waits, in the order of each key.</summary>
    public IReadOnlyList<EventRecord> TakeAll()
    {
        lock (_lock)
        {
            foreach (var (key, record) in _open)
            {
                if (record.Events > 0)
                {
                    _full.Add(record.Close(topic, key));
                }
                else
                {
                    _open.Remove(key);   // Nobody has used it since the last time.
                }
            }

            var taken = _full;
            _full = [];
            _waiting = 0;
            return taken;
        }
    }

    private void Add(string key, ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            _waiting++;
            if (!_open.TryGetValue(key, out var record))
            {
                _open.Add(key, record = new OpenRecord(_head));
            }
            else if (record.Length + PrefixBytesMax + message.Length > RecordBytesMax)
            {
                _full.Add(record.Close(topic, key));
            }

            record.Append(_tag, message);
        }
    }

    private static Span<byte> Scratch(int size)
    {
        if (_scratch is null || _scratch.Length < size)
        {
            _scratch = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size)];
        }

        return _scratch.AsSpan(0, size);
    }

    private static int WriteVarint(byte[] bytes, int at, uint value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            bytes[at++] = (byte)(value | 0x80);
        }

        bytes[at++] = (byte)value;
        return at;
    }

    private sealed class OpenRecord(byte[] head)
    {
        private byte[] _bytes = [.. head];

        public int Length { get; private set; } = head.Length;

        public int Events { get; private set; }

        public void Append(uint tag, ReadOnlySpan<byte> message)
        {
            var most = Length + PrefixBytesMax + message.Length;
            if (most > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(most, Math.Min(RecordBytesMax, (2 * _bytes.Length) + message.Length)));
            }

            Length = WriteVarint(_bytes, Length, tag);
            Length = WriteVarint(_bytes, Length, (uint)message.Length);
            message.CopyTo(_bytes.AsSpan(Length));
            Length += message.Length;
            Events++;
        }

        public EventRecord Close(string topic, string key)
        {
            var record = new EventRecord(topic, key, _bytes[..Length], Events);
            (Length, Events) = (head.Length, 0);
            return record;
        }
    }
}
