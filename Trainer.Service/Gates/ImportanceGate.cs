using System.Globalization;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the model leans on the same features as the champion: permutation importance on the hold-out, compared by shares.</summary>
/// <remarks>Drift may rightly move them, so a move is reported; with <see cref="TrainerOptions.EnforceImportance"/> it needs a person, who
/// promotes the rejected model by hand.</remarks>
internal sealed class ImportanceGate : IOfflineGate
{
    private const int Repeats = 10;
    private const int RowsMaximum = 2_000;
    private const double ShareAllowed = 0.05;

    /// <inheritdoc/>
    public string Name => "importance";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var (rows, labels) = Sample(context.Rows, context.Split.HoldoutStart);
        var candidate = Shares(context.Model.Ensemble, context.Model.Predictor, rows, labels, context.Options.Seed, cancellationToken);
        var champion = context.Champion is { } model
            ? Shares(model.Ensemble, model.Predictor, rows, labels, context.Options.Seed, cancellationToken)
            : null;
        var numbers = new Numbers();
        var moved = new List<string>();
        foreach (var (feature, (mean, share, error)) in candidate)
        {
            var one = new Numbers().With("importance", mean).With("share", share).With("share_error", error);
            if (champion?[feature] is { } before)
            {
                one.With("champion_share", before.Share);
                if (Math.Abs(share - before.Share) > ShareAllowed + 2 * Math.Sqrt(error * error + before.Error * before.Error))
                {
                    moved.Add(string.Create(CultureInfo.InvariantCulture, $"{feature} {before.Share:P1} to {share:P1}"));
                }
            }

            numbers.With(feature, one);
        }

        return GateOutcome.Of(Name, moved.Count == 0 || !context.Options.EnforceImportance, numbers, moved.Count == 0
            ? "the features' shares are the champion's, or there is none"
            : $"shares moved: {string.Join(", ", moved)}");
    }

    // A share's error: the mean's over the repeats, relative to the sum of all.
    private static Dictionary<string, (double Mean, double Share, double Error)> Shares(
        TreeEnsemble ensemble, Predictor predictor, double[] rows, double[] labels, int seed, CancellationToken cancellationToken)
    {
        var importances = PermutationImportance.Compute(
            predictor, rows, labels, PermutationImportance.EachFeature(ensemble), Repeats, seed, cancellationToken);
        var sum = Math.Max(double.Epsilon, importances.Sum(importance => Math.Max(0, importance.Mean)));
        return importances.ToDictionary(
            importance => importance.Name,
            importance => (importance.Mean, Math.Max(0, importance.Mean) / sum, importance.StandardDeviation / Math.Sqrt(Repeats) / sum));
    }

    private static (double[] Rows, double[] Labels) Sample(MetricsRows all, int from)
    {
        var available = all.Count - from;
        var count = Math.Min(RowsMaximum, available);
        var (rows, labels) = (new double[count * all.Schema.Count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var row = from + (int)((long)i * available / count);
            all.CopyFeatures(row, rows.AsSpan(i * all.Schema.Count, all.Schema.Count));
            labels[i] = all.Label[row];
        }

        return (rows, labels);
    }
}
