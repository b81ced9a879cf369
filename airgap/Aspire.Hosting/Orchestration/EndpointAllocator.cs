using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint its ports: the one that callers use, and one for each replica to bind.</summary>
internal sealed class EndpointAllocator(bool randomize)
{
    private readonly LoopbackPorts _ports = new();

    /// <summary>The ports that each replica binds.</summary>
    /// <exception cref="DistributedApplicationException">A fixed port is taken.</exception>
    public IReadOnlyList<IReadOnlyDictionary<EndpointAnnotation, int>> Allocate(IResource resource)
    {
        var replicas = Enumerable.Range(0, resource.GetReplicaCount()).Select(_ => new Dictionary<EndpointAnnotation, int>()).ToArray();
        foreach (var endpoint in resource.Endpoints())
        {
            // A server's target port is that of its container; outside one it binds the port that callers use.
            var target = resource is ContainerResource ? null : endpoint.TargetPort;
            var port = PublicPort(resource, endpoint, target);
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", port, (target ?? port).ToString(CultureInfo.InvariantCulture));
            foreach (var replica in replicas)
            {
                replica[endpoint] = replicas.Length > 1 ? _ports.Next() : target ?? port;
            }
        }

        return replicas;
    }

    private int PublicPort(IResource resource, EndpointAnnotation endpoint, int? target)
    {
        var wanted = endpoint.Port ?? target;
        if (randomize || wanted is not { } port)
        {
            return _ports.Next();
        }

        return LoopbackPorts.IsFree(port)
            ? port
            : throw new DistributedApplicationException(
                $"Port {port} of {resource.Name}'s endpoint '{endpoint.Name}' is taken by another process. Stop that one, or give the endpoint another port in AppHost's configuration.");
    }
}
