using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Gates.Replay;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>What a shadow would have done to the requests it was asked about: they are replayed in closed loop, with it and with the champion.</summary>
/// <remarks>A shadow's predictions touch no bucket, so live numbers tell its error and nothing of its throttles. The rows are those of the
/// trial itself, which no offline gate has seen, and a few windows of before where the trial was short.</remarks>
internal sealed class ShadowReplay(
    MetricsExtractor extractor, ModelRegistryReader models, FeatureSchema schema, LoopProfile profile, IOptions<TrainerOptions> options, TimeProvider time)
{
    /// <summary>The gate's name.</summary>
    public const string Gate = "shadow replay";

    private const int FewestWindows = 20;

    /// <summary>Judges a shadow.</summary>
    /// <param name="version">The challenger.</param>
    /// <param name="champion">Whom it would replace; empty: no model.</param>
    /// <param name="since">When its trial began.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<GateOutcome> CheckAsync(string version, string champion, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow() - since;
        var least = FewestWindows * profile.Window;
        var rows = await extractor.ExtractAsync(schema, asked > least ? asked : least, options.Value.RowsMaximum, null, cancellationToken);
        var challenger = ServingModel.Parse(await models.GetTextAsync(version, cancellationToken), version);
        var incumbent = champion.Length == 0 ? null : ServingModel.Parse(await models.GetTextAsync(champion, cancellationToken), champion);
        return await Task.Factory.StartNew(
            () => ReplayGate.Judge(Gate, ReplayGate.Record(rows, 0, profile), rows, challenger, incumbent, options.Value.Seed, cancellationToken),
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
