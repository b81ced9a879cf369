using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One address that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <summary>Describes an endpoint; what is left out gets the scheme's usual value.</summary>
    public EndpointAnnotation(
        ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null,
        int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? Lower(protocol);
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : Lower(protocol));
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
    }

    /// <summary>Unique among the resource's endpoints.</summary>
    public string Name { get; set; }

    /// <summary>TCP, in all that the stand-in runs.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary><c>http</c>, <c>https</c>, <c>tcp</c>.</summary>
    public string UriScheme { get; set; }

    /// <summary><c>http</c>, <c>http2</c>, <c>tcp</c>.</summary>
    public string Transport { get; set; }

    /// <summary>The port that callers use; null: any free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process binds; null: the orchestrator's choice.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The address that the process binds.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>Whether it is reached from outside the cluster.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether a proxy may stand before it.</summary>
    public bool IsProxied { get; set; }

    /// <summary>Where it really listens; null before the start.</summary>
    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    // Lower case is what manifests and URLs have.
#pragma warning disable CA1308
    private static string Lower(ProtocolType protocol) => protocol.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
