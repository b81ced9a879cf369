using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Grpc.Core;

namespace RateLimitSuite.Airgap.GrpcTests.Servers;

/// <summary>Calls made byte by byte, past any gRPC client.</summary>
internal static class RawCall
{
    public const string UnaryPath = "/grpc.testing.TestService/UnaryCall";

    public static HttpClient CreateClient(Uri address) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };

    /// <summary>A message with its five bytes before it.</summary>
    public static byte[] Frame(IMessage message, byte flag = 0) => Frame(message.ToByteArray(), flag);

    public static byte[] Frame(byte[] payload, byte flag = 0)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)payload.Length);
        payload.CopyTo(frame.AsSpan(5));
        return frame;
    }

    /// <summary>Sends a body and reads the whole answer.</summary>
    public static Task<RawResponse> SendAsync(
        HttpClient client, byte[] body, IEnumerable<(string Name, string Value)>? headers = null, string contentType = "application/grpc", string path = UnaryPath) =>
        SendAsync(client, new ByteArrayContent(body), headers, contentType, path);

    /// <summary>Sends a body as it comes and reads the whole answer.</summary>
    public static async Task<RawResponse> SendAsync(
        HttpClient client, HttpContent body, IEnumerable<(string Name, string Value)>? headers, string contentType, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var content = await response.Content.ReadAsByteArrayAsync();
        return new RawResponse(
            response.StatusCode,
            Read(response, "grpc-status") is { } status ? (StatusCode)int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : null,
            Read(response, "grpc-message"),
            Read(response, "grpc-accept-encoding"),
            response.TrailingHeaders.Contains("grpc-status"),
            content);
    }

    private static string? Read(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;
}

/// <summary>An answer, read whole.</summary>
internal sealed record RawResponse(
    HttpStatusCode Http, StatusCode? Status, string? Message, string? AcceptEncoding, bool HasTrailers, byte[] Content);
