using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>One address of a service; a URI, or host and port that take the scheme of the request.</summary>
internal sealed record ServiceEndpoint(string? Scheme, string Host, int? Port, string Path)
{
    /// <summary>Reads a URI, or <c>host[:port]</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ServiceEndpoint? endpoint)
    {
        endpoint = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : $"any://{text}", UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return false;
        }

        endpoint = new ServiceEndpoint(hasScheme ? uri.Scheme : null, uri.Host, uri.Port < 0 ? null : uri.Port, uri.AbsolutePath.TrimEnd('/'));
        return true;
    }

    /// <summary>The request's address at this endpoint: its scheme, host and port replaced, the endpoint's path put before its own.</summary>
    public Uri Apply(Uri request, IReadOnlyList<string> schemes)
    {
        var scheme = Scheme ?? (schemes.Contains("https") ? "https" : schemes[0]);
        return new UriBuilder(request) { Scheme = scheme, Host = Host, Port = Port ?? -1, Path = Path + request.AbsolutePath }.Uri;
    }
}
