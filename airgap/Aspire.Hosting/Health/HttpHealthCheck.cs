using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>Healthy when an HTTP endpoint answers with the expected status.</summary>
internal sealed class HttpHealthCheck(
    IHttpClientFactory clients, IResourceWithEndpoints resource, string? endpointName, string path, int statusCode) : IHealthCheck
{
    public const string ClientName = "resource health";
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var endpoint = endpointName is null
            ? resource.GetEndpoints().First(e => e.Scheme is "http" or "https")
            : resource.GetEndpoint(endpointName);
        using var client = clients.CreateClient(ClientName);
        try
        {
            using var answer = await client.GetAsync(new Uri(new Uri(endpoint.Url), path), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)answer.StatusCode == statusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{path} answers {(int)answer.StatusCode} instead of {statusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return HealthCheckResult.Unhealthy($"{path} does not answer", exception);
        }
    }
}
