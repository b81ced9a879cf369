using System.Globalization;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether more risk or latency never brings more rate, and more reputation never less: one-feature sweeps from real rows.</summary>
internal sealed class MonotoneGate : IOfflineGate
{
    private const int RowsSwept = 200;
    private const int Steps = 32;
    private const double Slack = 1e-9;

    // Without constraints in the training itself a few sweeps may bend.
    private const double UnconstrainedShare = 0.99;

    /// <inheritdoc/>
    public string Name => "monotone";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var schema = context.Rows.Schema;
        var needed = context is { Kind: ModelKinds.Full, Engine: NativeEngine } ? 1 : UnconstrainedShare;
        var numbers = new Numbers().With("needed", needed);
        long sweeps = 0, good = 0;
        for (var feature = 0; feature < schema.Count; feature++)
        {
            if (TrainingParameters.Direction(feature) is var direction and not 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (count, monotone) = Sweep(context, feature, direction);
                numbers.With(schema.Names[feature], count == 0 ? 1 : (double)monotone / count);
                (sweeps, good) = (sweeps + count, good + monotone);
            }
        }

        var share = sweeps == 0 ? 1 : (double)good / sweeps;
        return GateOutcome.Of(Name, share >= needed, numbers.With("sweeps", sweeps).With("share", share), string.Create(
            CultureInfo.InvariantCulture, $"{share:P2} of {sweeps} sweeps are monotone, {needed:P0} must be"));
    }

    private static (int Count, int Monotone) Sweep(GateContext context, int feature, int direction)
    {
        var rows = context.Rows;
        var (least, most) = (rows.Features[feature].Min(), rows.Features[feature].Max());
        var count = Math.Min(RowsSwept, rows.Count);
        var monotone = 0;
        var features = new double[rows.Schema.Count];
        for (var i = 0; i < count; i++)
        {
            rows.CopyFeatures((int)((long)i * rows.Count / count), features);
            monotone += IsMonotone(context.Model, features, feature, least, most, direction) ? 1 : 0;
        }

        return (count, monotone);
    }

    private static bool IsMonotone(ServingModel model, double[] features, int feature, double least, double most, int direction)
    {
        var last = double.NegativeInfinity;
        for (var step = 0; step <= Steps; step++)
        {
            features[feature] = least + (most - least) * step / Steps;
            var value = direction * model.Predictor.Predict(features);
            if (value < last - Slack * Math.Max(1, Math.Abs(last)))
            {
                return false;
            }

            last = value;
        }

        return true;
    }
}
