using System.Buffers.Binary;
using System.Text;

namespace RateLimitSuite.Limiter.Events;

/// <summary>A bounded file of records that wait for Kafka, first in, first out; what is in it outlives the process.</summary>
/// <remarks>Each record: length of the rest, checksum of the rest, events, topic, key, value. A torn or damaged record ends the file: what
/// follows cannot be found. The file shrinks to nothing when the last record is taken. Thread-safe.</remarks>
internal sealed class Spool : IDisposable
{
    private const int HeaderBytes = 8;
    private const int RecordBytesMax = 16 << 20;
    private const int ReplicasMax = 100;

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly long _bytesMax;
    private long _readAt;

    public Spool(string path, long bytesMax)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        _bytesMax = bytesMax;
    }

    /// <summary>Opens the first spool of a folder that no other replica of this machine holds.</summary>
    /// <exception cref="IOException">None of the first hundred can be opened: the folder cannot be written to.</exception>
    public static Spool OpenIn(string folder, long bytesMax)
    {
        for (var number = 0; ; number++)
        {
            try
            {
                return new Spool(Path.Combine(folder, $"events-{number}.spool"), bytesMax);
            }
            catch (IOException) when (number < ReplicasMax)
            {
                // Another replica's; what it holds is its own to drain.
            }
        }
    }

    /// <summary>Bytes in the file.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _file.Length;
            }
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _readAt >= _file.Length;
            }
        }
    }

    /// <summary>Appends a record; false where it would not fit.</summary>
    public bool TryAppend(EventRecord record)
    {
        var bytes = Encode(record);
        lock (_lock)
        {
            if (_file.Length + bytes.Length > _bytesMax)
            {
                return false;
            }

            _file.Position = _file.Length;
            _file.Write(bytes);
            _file.Flush();
            return true;
        }
    }

    /// <summary>The oldest record, which stays; null: the spool is empty.</summary>
    public EventRecord? Peek(out long next)
    {
        lock (_lock)
        {
            next = 0;
            if (_readAt >= _file.Length)
            {
                return null;
            }

            var record = ReadAt(_readAt, out next);
            if (record is null)
            {
                Clear();
            }

            return record;
        }
    }

    /// <summary>Lets go of the record that <see cref="Peek"/> gave.</summary>
    public void Advance(long next)
    {
        lock (_lock)
        {
            _readAt = next;
            if (_readAt >= _file.Length)
            {
                Clear();
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private void Clear()
    {
        _file.SetLength(0);
        _readAt = 0;
    }

    private EventRecord? ReadAt(long at, out long next)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        _file.Position = at;
        next = 0;
        if (_file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 12 or > RecordBytesMax || at + HeaderBytes + length > _file.Length)
        {
            return null;
        }

        var body = new byte[length];
        _file.ReadExactly(body);
        next = at + HeaderBytes + length;
        return Checksum(body) == BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) ? Decode(body) : null;
    }

    private static byte[] Encode(EventRecord record)
    {
        var topic = Encoding.UTF8.GetBytes(record.Topic);
        var key = Encoding.UTF8.GetBytes(record.Key);
        var bytes = new byte[HeaderBytes + 12 + topic.Length + key.Length + record.Value.Length];
        var body = bytes.AsSpan(HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(body, record.Events);
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], topic.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body[8..], key.Length);
        topic.CopyTo(body[12..]);
        key.CopyTo(body[(12 + topic.Length)..]);
        record.Value.CopyTo(body[(12 + topic.Length + key.Length)..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Checksum(body));
        return bytes;
    }

    private static EventRecord? Decode(byte[] body)
    {
        var topic = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(4));
        var key = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(8));
        if (topic < 0 || key < 0 || 12L + topic + key > body.Length)
        {
            return null;
        }

        return new EventRecord(
            Encoding.UTF8.GetString(body, 12, topic),
            Encoding.UTF8.GetString(body, 12 + topic, key),
            body[(12 + topic + key)..],
            BinaryPrimitives.ReadInt32LittleEndian(body));
    }

    // FNV-1a: told apart must be a torn write, not an attack.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }
}
