namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Sends a request to an endpoint of the service that its address names.</summary>
internal sealed class ResolvingHandler(EndpointResolver resolver) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } asked)
        {
            throw new InvalidOperationException("A request needs an absolute address to find its service by.");
        }

        request.RequestUri = resolver.Resolve(asked);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = asked;   // A retry asks again, and so takes the next endpoint.
        }
    }
}
