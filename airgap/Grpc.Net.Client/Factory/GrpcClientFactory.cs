namespace Grpc.Net.ClientFactory;

/// <summary>Makes registered clients by name.</summary>
public abstract class GrpcClientFactory
{
    /// <summary>A client of the registration with this name.</summary>
    public abstract TClient CreateClient<TClient>(string name)
        where TClient : class;
}
