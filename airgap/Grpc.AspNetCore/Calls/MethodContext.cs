using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>What all calls of one service share.</summary>
internal sealed record MethodContext(MethodSettings Settings, ILogger Logger, bool IsPropagated);
