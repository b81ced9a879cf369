using Grpc.Core;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Errors of the gRPC edge.</summary>
internal static class Faults
{
    public static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));

    public static RpcException NotFound(string message) => new(new Status(StatusCode.NotFound, message));

    public static RpcException Unavailable(string message) => new(new Status(StatusCode.Unavailable, message));
}
