using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Reads statuses and metadata off HTTP responses.</summary>
internal static class ResponseStatus
{
    /// <summary>The failure of a response that ended with its headers, or that is no gRPC response; null if messages may follow.</summary>
    public static Status? FailureFromHeaders(HttpResponseMessage response)
    {
        if (TryRead(response.Headers) is { } status)
        {
            return status.StatusCode == StatusCode.OK ? null : status;
        }

        if (response.Version < System.Net.HttpVersion.Version20)
        {
            return new Status(StatusCode.Internal, $"Bad gRPC response. Response protocol downgraded to HTTP/{response.Version}.");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new Status(CodeOf(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}");
        }

        var contentType = response.Content.Headers.ContentType?.ToString();
        return HeaderNames.IsGrpc(contentType)
            ? null
            : new Status(StatusCode.Cancelled, $"Bad gRPC response. Invalid content-type value: {contentType ?? "none"}");
    }

    /// <summary>The status of a response that was read to its end. One without messages may have it in its headers.</summary>
    public static Status FromEnd(HttpResponseMessage response) =>
        TryRead(response.TrailingHeaders) ?? TryRead(response.Headers) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response.");

    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!IsReserved(name))
            {
                foreach (var value in values)
                {
                    MetadataReader.Add(metadata, name, value);
                }
            }
        }

        return metadata;
    }

    private static Status? TryRead(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(HeaderNames.Status, out var values))
        {
            return null;
        }

        var message = headers.NonValidated.TryGetValues(HeaderNames.Message, out var texts) ? StatusMessage.Decode(texts.ToString()) : "";
        return int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new Status((StatusCode)code, message)
            : new Status(StatusCode.Cancelled, $"Unexpected grpc-status value: {values}");
    }

    private static StatusCode CodeOf(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static bool IsReserved(string name) =>
        name.Equals(HeaderNames.Status, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.Message, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.Encoding, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase);
}
