using System.Buffers.Binary;
using System.Text;

namespace RateLimitSuite.Airgap.GrpcTests.Malformed;

/// <summary>Broken requests from a seed: the same seed breaks the same things.</summary>
internal sealed class BrokenInput(int seed)
{
    private static readonly string[] Methods = ["UnaryCall", "StreamingInputCall", "StreamingOutputCall", "FullDuplexCall", "EmptyCall", "Nothing", ""];
    private static readonly string[] Encodings = ["gzip", "deflate", "identity", "snappy", "", "gzip,gzip", "\t"];

    private readonly Random _random = new(seed);

    public string Path() => "/grpc.testing.TestService/" + Methods[_random.Next(Methods.Length)];

    /// <summary>Headers as HTTP allows them and gRPC does not expect them.</summary>
    public IEnumerable<(string Name, string Value)> Headers()
    {
        if (_random.Next(3) == 0)
        {
            yield return ("grpc-encoding", Encodings[_random.Next(Encodings.Length)]);
        }

        if (_random.Next(3) == 0)
        {
            // A positive time is long enough that a slow machine's own delay is not taken for an answer.
            yield return ("grpc-timeout", _random.Next(3) == 0 ? "20S" : Text(_random.Next(12)));
        }

        if (_random.Next(3) == 0)
        {
            yield return ("key-bin", Text(_random.Next(40)));
        }

        if (_random.Next(4) == 0)
        {
            yield return ("grpc-accept-encoding", Text(_random.Next(20)));
        }
    }

    /// <summary>A body: frames with wrong flags, wrong lengths, rubbish inside, and an end anywhere.</summary>
    public byte[] Body()
    {
        using var body = new MemoryStream();
        Span<byte> header = stackalloc byte[5];
        for (var frames = _random.Next(4); frames >= 0; frames--)
        {
            var payload = new byte[_random.Next(200)];
            _random.NextBytes(payload);
            header[0] = (byte)(_random.Next(4) == 0 ? _random.Next(256) : _random.Next(2));
            BinaryPrimitives.WriteUInt32BigEndian(header[1..], Length(payload.Length));
            body.Write(header);
            body.Write(payload);
        }

        var whole = body.ToArray();
        return _random.Next(2) == 0 ? whole : whole[.._random.Next(whole.Length + 1)];
    }

    /// <summary>Bytes for a connection: HTTP/2 frames with anything in them.</summary>
    public byte[] ConnectionBytes()
    {
        using var bytes = new MemoryStream();
        bytes.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        bytes.Write([0, 0, 0, 4, 0, 0, 0, 0, 0]);   // SETTINGS, empty
        Span<byte> header = stackalloc byte[9];
        for (var frames = _random.Next(1, 8); frames > 0; frames--)
        {
            var payload = new byte[_random.Next(64)];
            _random.NextBytes(payload);
            var length = _random.Next(4) == 0 ? _random.Next(1 << 24) : payload.Length;
            header[0] = (byte)(length >> 16);
            header[1] = (byte)(length >> 8);
            header[2] = (byte)length;
            header[3] = (byte)_random.Next(12);    // type
            header[4] = (byte)_random.Next(256);   // flags
            BinaryPrimitives.WriteUInt32BigEndian(header[5..], (uint)_random.Next(6));
            bytes.Write(header);
            bytes.Write(payload);
        }

        return bytes.ToArray();
    }

    private uint Length(int real) => _random.Next(5) switch
    {
        0 => (uint)_random.Next(),
        1 => uint.MaxValue,
        2 => (uint)Math.Max(0, real + _random.Next(-10, 10)),
        _ => (uint)real,
    };

    private string Text(int length)
    {
        var text = new StringBuilder();
        for (var i = 0; i < length; i++)
        {
            text.Append((char)_random.Next(0x21, 0x7f));
        }

        return text.ToString();
    }
}
