namespace Grpc.Core;

/// <summary>Computes metadata for a call, such as a token, and adds it.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);
