using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Leads from an HTTP request to its call. There only if a client uses <c>EnableCallContextPropagation</c>.</summary>
public interface IServerCallContextFeature
{
    /// <summary>The call.</summary>
    ServerCallContext ServerCallContext { get; }
}
