using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>One HTTP/2 connection that makes one call again and again and never waits.</summary>
/// <remarks>Reads of the answers only what tells that one has come: the message and the end of its stream (RFC 9113, 4.1, 6.1 and 6.2).</remarks>
internal sealed class PacedConnection : IDisposable
{
    private const int FrameHeader = 9;
    private const int StreamsMax = 100;   // the least that a server may be expected to allow
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const byte WindowUpdate = 8;
    private const byte EndStream = 1;
    private const byte Acknowledged = 1;
    private const byte EndHeaders = 4;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _call;
    private readonly int _dataAt;
    private readonly Queue<long> _waiting = new();
    private readonly Dictionary<int, (long Asked, bool Answered)> _open = [];
    private readonly byte[] _received = new byte[1 << 16];
    private byte[] _toSend = new byte[1 << 16];
    private int _receivedLength;
    private int _toSendLength;
    private int _nextStream = 1;

    public PacedConnection(Uri server, string method, byte[] message)
    {
        var block = HeaderBlock(server, method);
        _dataAt = FrameHeader + block.Length;
        _call = new byte[_dataAt + FrameHeader + message.Length];
        WriteHeader(_call, block.Length, Headers, EndHeaders);
        block.CopyTo(_call.AsSpan(FrameHeader));
        WriteHeader(_call.AsSpan(_dataAt), message.Length, Data, EndStream);
        message.CopyTo(_call.AsSpan(_dataAt + FrameHeader));

        _socket.Connect(server.Host, server.Port);
        _socket.Blocking = false;
        Append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        AppendFrame(Settings, 0, []);

        // All that a bounded load can get, so that the window need not be opened again.
        Span<byte> window = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(window, int.MaxValue - ushort.MaxValue);
        AppendFrame(WindowUpdate, 0, window);
    }

    /// <summary>Has a call made as soon as the server allows one more.</summary>
    /// <param name="asked">What its answer is reported with.</param>
    public void Ask(long asked) => _waiting.Enqueue(asked);

    /// <summary>Writes what there is to be sent, as far as the system takes it.</summary>
    public void Send()
    {
        while (_open.Count < StreamsMax && _waiting.TryDequeue(out var asked))
        {
            BinaryPrimitives.WriteInt32BigEndian(_call.AsSpan(5), _nextStream);
            BinaryPrimitives.WriteInt32BigEndian(_call.AsSpan(_dataAt + 5), _nextStream);
            Append(_call);
            _open.Add(_nextStream, (asked, false));
            _nextStream += 2;
        }

        if (_toSendLength > 0)
        {
            var sent = _socket.Send(_toSend.AsSpan(0, _toSendLength), SocketFlags.None, out var error);
            ThrowUnlessLater(error);
            _toSend.AsSpan(sent, _toSendLength - sent).CopyTo(_toSend);
            _toSendLength -= sent;
        }
    }

    /// <summary>Reads what has come.</summary>
    /// <param name="answered">Told of each call whose answer has ended.</param>
    public void Receive(Action<long> answered)
    {
        while (true)
        {
            var read = _socket.Receive(_received.AsSpan(_receivedLength), SocketFlags.None, out var error);
            ThrowUnlessLater(error);
            if (read == 0)
            {
                return;
            }

            _receivedLength += read;
            var at = 0;
            while (_receivedLength - at >= FrameHeader)
            {
                var length = (_received[at] << 16) | (_received[at + 1] << 8) | _received[at + 2];
                if (_receivedLength - at < FrameHeader + length)
                {
                    break;
                }

                Take(_received.AsSpan(at, FrameHeader), _received.AsSpan(at + FrameHeader, length), answered);
                at += FrameHeader + length;
            }

            _received.AsSpan(at, _receivedLength - at).CopyTo(_received);
            _receivedLength -= at;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Action<long> answered)
    {
        var (type, flags, stream) = (header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header[5..]));
        switch (type)
        {
            case Settings or Ping when (flags & Acknowledged) == 0:
                AppendFrame(type, Acknowledged, type == Ping ? payload : []);
                break;
            case Reset or GoAway:
                throw new InvalidOperationException($"The server ended stream {stream}.");
            case Data or Headers:
                var (asked, had) = _open[stream];
                had |= type == Data && payload.Length > GrpcFrame.HeaderLength;
                if ((flags & EndStream) == 0)
                {
                    _open[stream] = (asked, had);
                    break;
                }

                if (!had)
                {
                    throw new InvalidOperationException("The server answered with no message.");
                }

                _open.Remove(stream);
                answered(asked);
                break;
            default:
                break;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_toSendLength + bytes.Length > _toSend.Length)
        {
            Array.Resize(ref _toSend, 2 * (_toSendLength + bytes.Length));
        }

        bytes.CopyTo(_toSend.AsSpan(_toSendLength));
        _toSendLength += bytes.Length;
    }

    private void AppendFrame(byte type, byte flags, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[FrameHeader];
        WriteHeader(header, payload.Length, type, flags);
        Append(header);
        Append(payload);
    }

    private static void WriteHeader(Span<byte> to, int length, byte type, byte flags)
    {
        to[..FrameHeader].Clear();
        (to[0], to[1], to[2], to[3], to[4]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length, type, flags);
    }

    // Literals without indexing, names from the static table where they are there (RFC 7541, 6.2.2 and appendix A).
    private static byte[] HeaderBlock(Uri server, string method)
    {
        const byte MethodPost = 0x83, SchemeHttp = 0x86, Path = 4, Authority = 1, ContentTypeFirst = 0x0F, ContentTypeRest = 16, NewName = 0;
        return
        [
            MethodPost, SchemeHttp, Path, .. Literal(method), Authority, .. Literal(server.Authority), ContentTypeFirst, ContentTypeRest, .. Literal("application/grpc"),
            NewName, .. Literal("te"), .. Literal("trailers"),
        ];
    }

    private static byte[] Literal(string text)
    {
        Debug.Assert(text.Length < 0x7F);
        return [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
    }

    private static void ThrowUnlessLater(SocketError error)
    {
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            throw new SocketException((int)error);
        }
    }
}
