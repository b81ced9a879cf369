namespace Grpc.AspNetCore.ClientFactory;

/// <summary>Registered where some client wants to know the call it is used in. Without it, calls are spared the feature.</summary>
internal sealed class CallPropagation;
