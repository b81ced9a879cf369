namespace Grpc.AspNetCore.HealthChecks;

/// <summary>How health checks become statuses of services.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>Which checks count for which service. "" (the server as a whole) takes all unless it is mapped otherwise.</summary>
    public ServiceMappingCollection Services { get; } = new();

    /// <summary>Whether <c>Check</c> answers with the last published report instead of running the checks.</summary>
    public bool UseHealthChecksCache { get; set; }

    /// <summary>Whether watches stay open while the server stops. Default no: they end, so that the server can.</summary>
    public bool SuppressCompletionOnShutdown { get; set; }
}
