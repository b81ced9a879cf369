using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>Gives the first decisions a model: the configured file's, else the last run's champion.</summary>
internal sealed class CachedModelStart(IOptions<LimiterOptions> options, ModelHolder holder, RegistryModels models, FeatureSchema schema, TimeProvider time)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ModelFile is { } path)
        {
            holder.Swap(new ModelSnapshot { Champion = ModelCompiler.CompileFile(path, schema), Since = time.GetUtcNow() });
        }
        else
        {
            models.ServeCached();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
