using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer;

/// <summary>Compares two registered models on the newest rows, which neither saw in training unless it is younger than they are.</summary>
internal sealed class ModelComparison(ModelRegistryReader reader, MetricsExtractor extractor, FeatureSchema schema, LoopProfile profile, IOptions<TrainerOptions> options)
{
    // A look at the dashboard must not read a week.
    private const int RowsMaximum = 100_000;

    /// <summary>R of b − R of a, with a 95 % interval by block bootstrap, and the rows behind it.</summary>
    /// <exception cref="KeyNotFoundException">No such model.</exception>
    public async Task<(double Difference, double Lower, double Upper, long Rows)> CompareAsync(string a, string b, CancellationToken cancellationToken)
    {
        var models = (ServingModel.Parse(await reader.GetTextAsync(a, cancellationToken), a), ServingModel.Parse(await reader.GetTextAsync(b, cancellationToken), b));
        var rows = await extractor.ExtractAsync(schema, options.Value.History, RowsMaximum, null, cancellationToken);
        if (rows.Count == 0)
        {
            return (0, 0, 0, 0);
        }

        var from = TimeSplit.Of(rows, profile, first: false).HoldoutStart;
        var interval = BlockBootstrap.Difference(
            rows, from, Predictions.Of(models.Item2.Predictor, rows, from, rows.Count), Predictions.Of(models.Item1.Predictor, rows, from, rows.Count),
            BlockBootstrap.BlockOf(rows, from, profile), options.Value.Seed);
        return (interval.Difference, interval.Lower, interval.Upper, rows.Count - from);
    }
}
