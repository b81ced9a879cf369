namespace RateLimitSuite.Explainer.Models;

/// <summary>Where model texts come from: the registry, or a test's dictionary.</summary>
internal interface IModelSource
{
    /// <summary>The model's LightGBM text, its SHA-256 verified.</summary>
    /// <exception cref="ModelUnavailableException">No such version, not reachable, or not what was registered.</exception>
    Task<byte[]> GetTextAsync(string version, CancellationToken cancellation);
}
