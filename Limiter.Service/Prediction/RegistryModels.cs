using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>Brings the models in memory to what the registry serves: verified, compiled, then swapped in one step.</summary>
internal sealed partial class RegistryModels(
    ModelHolder holder, IModelSource source, ModelCache cache, FeatureSchema schema, TimeProvider time, LimiterMetrics metrics, ILogger<RegistryModels> logger)
    : IRegistryHandler
{
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A model is damaged or of another schema: what was served stays.</exception>
    public async Task ApplyAsync(RegistrySnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            // Loaded before anything is swapped: decisions see all of the new state or none of it.
            var next = new ModelSnapshot
            {
                Champion = await LoadAsync(snapshot.Champion, keep: true, cancellationToken),
                Challenger = await LoadAsync(snapshot.Challenger, keep: false, cancellationToken),
                Previous = await LoadAsync(snapshot.Previous, keep: false, cancellationToken),
                IsWatched = snapshot.IsWatched,
                Stage = snapshot.ChallengerStage,
                Share = snapshot.ChallengerShare,
                Canary = new CanaryMembership(snapshot.Salt, snapshot.ChallengerShare),
                Since = time.GetUtcNow(),
            };
            Swap(next);
            holder.Problem = "";
        }
        catch (Exception fault) when (fault is ModelIntegrityException or InvalidDataException or KeyNotFoundException)
        {
            holder.Problem = fault.Message;
            metrics.ModelRefused();
            LogRefused(fault.Message);
            throw;
        }
    }

    /// <summary>Serves the champion of the last run until the registry answers.</summary>
    public void ServeCached()
    {
        if (cache.Read() is not { } kept)
        {
            return;
        }

        try
        {
            Swap(new ModelSnapshot { Champion = Compile(kept.Model, kept.Text), Since = time.GetUtcNow() });
            LogCached(kept.Model.Version);
        }
        catch (InvalidDataException fault)
        {
            LogRefused(fault.Message);
        }
    }

    private async Task<LoadedModel?> LoadAsync(ServedModel? served, bool keep, CancellationToken cancellationToken)
    {
        if (served is null)
        {
            return null;
        }

        var current = holder.Current;
        foreach (var loaded in (ReadOnlySpan<LoadedModel?>)[current.Champion, current.Challenger, current.Previous])
        {
            if (loaded?.Version == served.Version && loaded.Sha256 == served.Sha256)
            {
                if (keep && current.Champion != loaded)
                {
                    cache.Write(served, await source.GetTextAsync(served.Version, cancellationToken));
                }

                return loaded;
            }
        }

        var text = await source.GetTextAsync(served.Version, cancellationToken);
        var model = Compile(served, text);
        if (keep)
        {
            cache.Write(served, text);
        }

        return model;
    }

    private LoadedModel Compile(ServedModel served, byte[] text)
    {
        if (served.SchemaHash != schema.Hash)
        {
            throw new InvalidDataException($"Model {served.Version} was trained with feature schema {served.SchemaHash}, this Limiter has {schema.Hash}. It is refused.");
        }

        try
        {
            return ModelCompiler.Compile(served.Version, served.Sha256, text, schema);
        }
        catch (ModelFormatException fault)
        {
            throw new InvalidDataException($"Model {served.Version} cannot be read and is refused: {fault.Message}", fault);
        }
    }

    private void Swap(ModelSnapshot next)
    {
        holder.Swap(next);
        metrics.ModelSwapped();
    }

    [LoggerMessage(LogLevel.Error, "The models in use stay. {Problem}")]
    private partial void LogRefused(string problem);

    [LoggerMessage(LogLevel.Information, "Serving champion {Version} of the last run until the registry answers.")]
    private partial void LogCached(string version);
}
