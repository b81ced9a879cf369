using System.Globalization;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Net.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Makes the HTTP request of a call.</summary>
internal static class RequestFactory
{
    public static async ValueTask<HttpRequestMessage> CreateAsync(ClientCall call, HttpContent content, int previousAttempts)
    {
        var channel = call.Channel;
        var request = new HttpRequestMessage(HttpMethod.Post, call.Target.Uri)
        {
            Version = channel.HttpVersion,
            VersionPolicy = channel.HttpVersionPolicy,
            Content = content,
        };
        if (call.Host is not null)
        {
            request.Headers.Host = call.Host;
        }

        var headers = request.Headers;
        headers.TryAddWithoutValidation("TE", "trailers");
        headers.TryAddWithoutValidation("User-Agent", "grpc-dotnet-standin/" + VersionInfo.CurrentVersion);
        headers.TryAddWithoutValidation(HeaderNames.AcceptEncoding, channel.Encodings.AcceptHeader);
        if (call.TimeLeft is { } timeLeft)
        {
            headers.TryAddWithoutValidation(HeaderNames.Timeout, TimeoutHeader.Encode(timeLeft));
        }

        if (previousAttempts > 0)
        {
            headers.TryAddWithoutValidation(HeaderNames.PreviousAttempts, previousAttempts.ToString(CultureInfo.InvariantCulture));
        }

        if (call.Options.Headers is { Count: > 0 } metadata)
        {
            Add(request, metadata);
        }

        await AddCredentialsAsync(call, request);
        return request;
    }

    /// <summary>How this call's requests are compressed; null for not.</summary>
    /// <exception cref="RpcException">The encoding that the call asks for is not one of the channel's.</exception>
    public static ICompressionProvider? FindCompression(ClientCall call)
    {
        if (call.Options.Headers?.GetValue(HeaderNames.RequestEncodingChoice) is not { } encoding || encoding == Encodings.Identity)
        {
            return null;
        }

        return call.Channel.Encodings.Find(encoding) ?? throw new RpcException(
            new Status(StatusCode.Internal, $"Could not find compression provider for '{encoding}'."));
    }

    private static void Add(HttpRequestMessage request, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (entry.Key == HeaderNames.RequestEncodingChoice)
            {
                request.Headers.TryAddWithoutValidation(HeaderNames.Encoding, entry.Value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(entry.Key, entry.IsBinary ? BinaryValue.Encode(entry.ValueBytes) : entry.Value);
            }
        }
    }

    private static async ValueTask AddCredentialsAsync(ClientCall call, HttpRequestMessage request)
    {
        var channel = call.Channel;
        if (!channel.SendsCallCredentials || (channel.CallCredentials is null && call.Options.Credentials is null))
        {
            return;
        }

        var method = call.Target.Method;
        var address = channel.Address;
        var authority = address.IsDefaultPort ? address.Host : address.Authority;
        var context = new AuthInterceptorContext($"{address.Scheme}://{authority}/{method.ServiceName}", method.Name, call.Cancelled);
        var metadata = new Metadata();
        foreach (var credentials in new[] { call.Options.Credentials, channel.CallCredentials })
        {
            if (credentials is not null)
            {
                await credentials.AddMetadataAsync(context, metadata);
            }
        }

        Add(request, metadata);
    }
}
