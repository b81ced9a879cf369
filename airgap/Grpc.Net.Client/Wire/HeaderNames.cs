namespace Grpc.Net.Wire;

/// <summary>The headers that the protocol reserves.</summary>
internal static class HeaderNames
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string RetryPushback = "grpc-retry-pushback-ms";
    public const string PreviousAttempts = "grpc-previous-rpc-attempts";

    /// <summary>Metadata that asks for a compressed request. Never sent.</summary>
    public const string RequestEncodingChoice = "grpc-internal-encoding-request";

    public const string ContentType = "application/grpc";

    /// <summary>Whether a media type is <c>application/grpc</c>, alone or with a suffix or parameters.</summary>
    public static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+';
    }
}
