namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>What a request's address asks for: <c>scheme1+scheme2://host</c>, or <c>scheme://_endpoint.host</c>.</summary>
internal sealed record ServiceQuery(string Host, string? Endpoint, IReadOnlyList<string> Schemes)
{
    public static ServiceQuery Parse(Uri uri)
    {
        var schemes = uri.Scheme.Split('+');
        var dot = uri.Host.IndexOf('.', StringComparison.Ordinal);
        return uri.Host.StartsWith('_') && dot > 1
            ? new ServiceQuery(uri.Host[(dot + 1)..], uri.Host[1..dot], schemes)
            : new ServiceQuery(uri.Host, null, schemes);
    }
}
