namespace Grpc.Net.ClientFactory;

/// <summary>How long an interceptor's instance is used.</summary>
public enum InterceptorScope
{
    /// <summary>One for the channel.</summary>
    Channel = 0,

    /// <summary>One for each client.</summary>
    Client = 1,
}
