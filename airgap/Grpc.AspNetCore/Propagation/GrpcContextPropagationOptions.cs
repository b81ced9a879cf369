namespace Grpc.AspNetCore.ClientFactory;

/// <summary>How deadline and cancellation are handed on.</summary>
public class GrpcContextPropagationOptions
{
    /// <summary>Whether calls made outside of any served call are made all the same. Default no: they fail.</summary>
    public bool SuppressContextNotFoundErrors { get; set; }
}
