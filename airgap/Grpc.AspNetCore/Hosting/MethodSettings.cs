using System.IO.Compression;
using Grpc.Net.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>How the methods of one service are served: its own options over those of all services.</summary>
internal sealed record MethodSettings(
    int? MaxSendMessageSize,
    int? MaxReceiveMessageSize,
    bool EnableDetailedErrors,
    string? ResponseEncoding,
    CompressionLevel? ResponseCompressionLevel,
    Encodings Encodings,
    IReadOnlyList<InterceptorRegistration> Interceptors,
    bool IgnoreUnknownServices);
