using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>Where a model's text comes from, verified against its SHA-256.</summary>
internal interface IModelSource
{
    Task<byte[]> GetTextAsync(string version, CancellationToken cancellationToken);
}

/// <summary>The registry in PostgreSQL.</summary>
internal sealed class RegistryModelSource(ModelRegistryReader registry) : IModelSource
{
    public Task<byte[]> GetTextAsync(string version, CancellationToken cancellationToken) => registry.GetTextAsync(version, cancellationToken);
}
