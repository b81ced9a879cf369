using System.Net.Http.Headers;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Sends this service's token with every request that has none yet; a call made for a person carries that person's.</summary>
internal sealed class ServiceTokenHandler(ServiceToken token) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", token.Current);
        return base.SendAsync(request, cancellationToken);
    }
}
