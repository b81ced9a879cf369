using RateLimitSuite.Registry;

namespace RateLimitSuite.Explainer.Models;

/// <summary>Keeps the shelf at what the registry serves.</summary>
internal sealed class ServedModels(ModelShelf shelf) : IRegistryHandler
{
    public Task ApplyAsync(RegistrySnapshot snapshot, CancellationToken cancellationToken) => shelf.ServeAsync(snapshot, cancellationToken);
}
