using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>The ports that the manifest names: those that were set, and made-up ones where a tool could not choose by itself.</summary>
internal sealed class ManifestPorts
{
    private const int FirstMadeUp = 8_000;
    private readonly HashSet<int> _used = [];
    private int _last = FirstMadeUp - 1;

    /// <summary>Each endpoint with the port to expose, null where it follows from the target port or scheme, and the target port.</summary>
    public IReadOnlyList<(EndpointAnnotation Endpoint, int? Port, int? TargetPort)> Resolve(IResource resource)
    {
        var resolved = new List<(EndpointAnnotation, int?, int?)>();
        var defaulted = new HashSet<string>();
        foreach (var endpoint in resource.Endpoints())
        {
            var isHttp = endpoint.UriScheme is "http" or "https";
            int? target = (resource, endpoint) switch
            {
                (_, { TargetPort: { } set }) => set,
                (ContainerResource, { Port: { } set }) => set,

                // A project's first endpoint of a scheme listens where the deployment tool says.
                (ProjectResource, _) when isHttp && !defaulted.Contains(endpoint.UriScheme) => null,
                _ => MakeUp(),
            };
            if (resource is ProjectResource && isHttp)
            {
                defaulted.Add(endpoint.UriScheme);
            }

            var port = endpoint.Port ?? (target is null && !isHttp ? MakeUp() : null);
            Use(port);
            Use(target);
            resolved.Add((endpoint, port, target));
        }

        return resolved;
    }

    private void Use(int? port)
    {
        if (port is { } used)
        {
            _used.Add(used);
        }
    }

    private int MakeUp()
    {
        do
        {
            _last++;
        }
        while (!_used.Add(_last));

        return _last;
    }
}
