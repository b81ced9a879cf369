using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Finds the endpoints of a service in configuration's section <c>Services</c> and takes them in turn.</summary>
/// <remarks>What was found is kept until configuration reloads or <see cref="ServiceDiscoveryOptions.RefreshPeriod"/> is over.
/// The cache grows with the number of addresses a program asks for, which its code fixes.</remarks>
internal sealed class EndpointResolver : IDisposable
{
    private const string Section = "Services";
    private const string DefaultEndpoint = "default";

    private readonly ConcurrentDictionary<(string Scheme, string Host), Rotation> _found = new();
    private readonly IConfiguration _configuration;
    private readonly ServiceDiscoveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly IDisposable _reload;

    public EndpointResolver(IConfiguration configuration, IOptions<ServiceDiscoveryOptions> options, TimeProvider clock)
    {
        (_configuration, _options, _clock) = (configuration, options.Value, clock);
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, _found.Clear);
    }

    /// <summary>The address to send this request to.</summary>
    public Uri Resolve(Uri request)
    {
        var key = (request.Scheme, request.Host);
        if (!_found.TryGetValue(key, out var rotation) || _clock.GetElapsedTime(rotation.FoundAt) > _options.RefreshPeriod)
        {
            _found[key] = rotation = Find(ServiceQuery.Parse(request));
        }

        return rotation.Next() is { } endpoint
            ? endpoint.Apply(request, rotation.Schemes)
            : PassThrough(request, rotation);
    }

    public void Dispose() => _reload.Dispose();

    private Rotation Find(ServiceQuery query)
    {
        var schemes = _options.AllowAllSchemes ? query.Schemes : [.. query.Schemes.Intersect(_options.AllowedSchemes, StringComparer.OrdinalIgnoreCase)];
        var service = _configuration.GetSection(Section).GetSection(query.Host);
        string[] names = query.Endpoint is { } endpoint ? [endpoint] : [DefaultEndpoint, .. schemes];
        var named = names.Select(service.GetSection).FirstOrDefault(section => section.Exists());
        return new Rotation(query.Host, schemes, named is null ? [] : Prefer(schemes, Read(query.Host, named)), _clock.GetTimestamp());
    }

    private static List<ServiceEndpoint> Read(string host, IConfigurationSection named)
    {
        IEnumerable<IConfigurationSection> entries = string.IsNullOrWhiteSpace(named.Value) ? named.GetChildren() : [named];
        return [.. entries.Select(entry =>
            (entry == named || int.TryParse(entry.Key, out _)) && ServiceEndpoint.TryParse(entry.Value, out var endpoint)
                ? endpoint
                : throw new KeyNotFoundException(
                    $"{entry.Path} of service '{host}' is '{entry.Value}'; it must be a URI or host:port, in a list with numeric keys."))];
    }

    // Of the schemes asked for, the first that any entry has; entries without a scheme fit every query.
    private static ServiceEndpoint[] Prefer(IReadOnlyList<string> schemes, List<ServiceEndpoint> endpoints)
    {
        var scheme = schemes.FirstOrDefault(wanted => endpoints.Exists(endpoint => endpoint.Scheme == wanted));
        return [.. endpoints.Where(endpoint => endpoint.Scheme is null || endpoint.Scheme == scheme)];
    }

    private static Uri PassThrough(Uri request, Rotation rotation) =>
        new UriBuilder(request)
        {
            Scheme = rotation.Schemes.Count > 0 ? rotation.Schemes[0] : request.Scheme,
            Host = rotation.Host,
            Port = request.IsDefaultPort ? -1 : request.Port,
        }.Uri;

    private sealed class Rotation(string host, IReadOnlyList<string> schemes, ServiceEndpoint[] endpoints, long foundAt)
    {
        private uint _turn = uint.MaxValue;

        public string Host => host;

        public IReadOnlyList<string> Schemes => schemes;

        public long FoundAt => foundAt;

        public ServiceEndpoint? Next() =>
            endpoints.Length == 0 ? null : endpoints[Interlocked.Increment(ref _turn) % (uint)endpoints.Length];
    }
}
