using Npgsql;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Explainer.Models;

/// <summary>Model texts from the registry.</summary>
internal sealed class RegistryModelSource(ModelRegistryReader registry) : IModelSource
{
    public async Task<byte[]> GetTextAsync(string version, CancellationToken cancellation)
    {
        try
        {
            return await registry.GetTextAsync(version, cancellation);
        }
        catch (Exception fault) when (fault is KeyNotFoundException or ModelIntegrityException)
        {
            throw new ModelUnavailableException(fault.Message, fault);
        }
        catch (NpgsqlException fault)
        {
            throw new ModelUnavailableException($"Model {version} is not in memory and the registry is away: {fault.Message}", fault);
        }
    }
}
