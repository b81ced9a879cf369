using System.Globalization;
using Grpc.Core;
using Grpc.Net.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Writes a status with its metadata.</summary>
internal static class StatusWriter
{
    private static readonly string[] Codes = [.. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Writes it after the messages.</summary>
    public static void WriteTrailers(HttpResponse response, in Status status, Metadata? metadata)
    {
        var trailers = response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            ?? throw new InvalidOperationException("The server's transport has no trailers, which gRPC needs.");
        Write(trailers, status, metadata);
    }

    /// <summary>Writes it into the headers of a response without messages.</summary>
    public static void WriteHeaders(HttpResponse response, in Status status, Metadata? metadata) => Write(response.Headers, status, metadata);

    public static void Write(IHeaderDictionary headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            headers.Append(entry.Key, entry.IsBinary ? BinaryValue.Encode(entry.ValueBytes) : entry.Value);
        }
    }

    private static void Write(IHeaderDictionary headers, in Status status, Metadata? metadata)
    {
        var code = (int)status.StatusCode;
        headers[HeaderNames.Status] = (uint)code < (uint)Codes.Length ? Codes[code] : code.ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            headers[HeaderNames.Message] = StatusMessage.Encode(status.Detail);
        }

        if (metadata is not null)
        {
            Write(headers, metadata);
        }
    }
}
