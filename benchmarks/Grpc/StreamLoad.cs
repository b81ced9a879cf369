using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>The same message again and again on a few streams, so many of them under way on each; answers are counted, not read.</summary>
internal sealed class StreamLoad(Uri server, string method, byte[] frame) : IDisposable
{
    private const int Streams = 4;
    private const int Window = 16;

    private readonly HttpClient _http = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends so many messages in all.</summary>
    /// <returns>Messages/s.</returns>
    public double Run(int messages)
    {
        var watch = Stopwatch.StartNew();
        Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => RunOneAsync(messages / Streams))).GetAwaiter().GetResult();
        return messages / watch.Elapsed.TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task RunOneAsync(int messages)
    {
        using var window = new SemaphoreSlim(Window);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Frames(frame, messages, window),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 16];
        var (answers, missing, held) = (0, 0, 0);
        while (true)
        {
            var read = await body.ReadAsync(buffer.AsMemory(held));
            if (read == 0)
            {
                break;
            }

            var (at, end) = (Math.Min(missing, held + read), held + read);
            missing -= at;
            while (missing == 0 && end - at >= GrpcFrame.HeaderLength)
            {
                var length = GrpcFrame.HeaderLength + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at + 1));
                missing = Math.Max(0, length - (end - at));
                at = Math.Min(end, at + length);
                answers++;
                window.Release();
            }

            held = end - at;
            buffer.AsSpan(at, held).CopyTo(buffer);   // the beginning of a header
        }

        if (answers != messages)
        {
            throw new InvalidOperationException($"{answers} answers came for {messages} messages.");
        }
    }

    private sealed class Frames : HttpContent
    {
        private readonly byte[] _frame;
        private readonly int _messages;
        private readonly SemaphoreSlim _window;

        public Frames(byte[] frame, int messages, SemaphoreSlim window)
        {
            (_frame, _messages, _window) = (frame, messages, window);
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            for (var i = 0; i < _messages; i++)
            {
                if (!_window.Wait(0))
                {
                    await stream.FlushAsync();
                    await _window.WaitAsync();
                }

                await stream.WriteAsync(_frame);
            }

            await stream.FlushAsync();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
