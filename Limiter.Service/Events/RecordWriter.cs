using Google.Protobuf;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Events on their way to one topic, as records of one key each. Bounded; never waits; any thread may add.</summary>
/// <remarks>A record's bytes are a batch message in the making, as a message may be written piece by piece.</remarks>
/// <param name="topic">One of <see cref="Contracts.Topics"/>.</param>
/// <param name="head">The batch message with everything but its events.</param>
/// <param name="field">The batch's repeated field of events.</param>
/// <param name="eventsMax">Events that may wait; beyond it they are dropped and counted.</param>
/// <param name="sequenceField">The events' field that counts them, dropped ones too, so that a reader sees gaps; 0: they have none.</param>
internal sealed class RecordWriter(string topic, IMessage head, int field, int eventsMax, int sequenceField = 0)
{
    // Larger arrays would go to the heap of large objects, which only full collections clean.
    private const int RecordBytesMax = 64 * 1024;
    private const int AroundBytesMax = 30;   // tag and length before an event, its number after it

    [ThreadStatic]
    private static EncodedEvents? _one;

    private readonly byte[] _head = head.ToByteArray();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OpenRecord> _open = new(StringComparer.Ordinal);
    private readonly StripedCounter _dropped = new();
    private List<EventRecord> _full = [];
    private ulong _sequence;
    private int _waiting;

    /// <summary>Events that found no room.</summary>
    public long Dropped => _dropped.Sum;

    /// <summary>Events that wait.</summary>
    public int Count => Volatile.Read(ref _waiting);

    /// <summary>Adds an event; the caller may change it afterwards.</summary>
    /// <param name="key">Of the record.</param>
    /// <param name="message">The event.</param>
    public void Add(string key, IMessage message)
    {
        var one = _one ??= new EncodedEvents();
        one.Clear();
        one.Add(key, message, static message => message.CalculateSize(), static (message, to) =>
        {
            message.WriteTo(to);
            return to.Length;
        });
        Add(one);
    }

    /// <summary>Adds events at one go, which are numbered in their order and have no number of their own.</summary>
    public void Add(EncodedEvents events)
    {
        lock (_lock)
        {
            OpenRecord? record = null;
            var last = "";
            for (var i = 0; i < events.Count; i++)
            {
                _sequence++;
                if (_waiting >= eventsMax)
                {
                    _dropped.Increment();
                    continue;
                }

                _waiting++;
                var message = events.Read(i, out var key);
                record = record is not null && ReferenceEquals(key, last) ? record : Open(key);
                last = key;
                if (record.Length + AroundBytesMax + message.Length > RecordBytesMax && record.Events > 0)
                {
                    _full.Add(record.Close(topic, key));
                }

                record.Append(field, message, sequenceField, _sequence);
            }
        }
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

    private OpenRecord Open(string key)
    {
        if (!_open.TryGetValue(key, out var record))
        {
            _open.Add(key, record = new OpenRecord(_head));
        }

        return record;
    }

    private sealed class OpenRecord(byte[] head)
    {
        private byte[] _bytes = [.. head];

        public int Length { get; private set; } = head.Length;

        public int Events { get; private set; }

        public void Append(int field, ReadOnlySpan<byte> message, int sequenceField, ulong sequence)
        {
            var most = Length + AroundBytesMax + message.Length;
            if (most > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(most, Math.Min(RecordBytesMax, (2 * _bytes.Length) + message.Length)));
            }

            Span<byte> number = stackalloc byte[WireWriter.FieldMax];
            var suffix = new WireWriter(number);
            if (sequenceField > 0)
            {
                suffix.Number(sequenceField, sequence);
            }

            var writer = new WireWriter(_bytes.AsSpan(Length));
            writer.Header(field, message.Length + suffix.Length);
            writer.Raw(message);
            writer.Raw(number[..suffix.Length]);
            Length += writer.Length;
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
