using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Where a service listens and how much one connection may ask of it; section <c>Suite</c>.</summary>
public sealed record SuiteEndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Suite";

    /// <summary>Address to bind: <c>localhost</c> (default), <c>0.0.0.0</c> in a container, or any other of this machine.</summary>
    [Required] public string BindAddress { get; init; } = "localhost";

    /// <summary>Connections open at once, over all endpoints. Default 10,000.</summary>
    [Range(1, 1_000_000)] public int MaxConnections { get; init; } = 10_000;

    /// <summary>HTTP/2 streams (calls) open at once on one connection. Default 256.</summary>
    [Range(1, 100_000)] public int MaxStreamsPerConnection { get; init; } = 256;

    /// <summary>Largest HTTP request body in bytes. Default 4 MiB. gRPC has its own limit a message.</summary>
    [Range(1_024, 1_073_741_824)] public long MaxRequestBodyBytes { get; init; } = 4 * 1024 * 1024;
}
