using System.Globalization;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.MLNet;

/// <summary>Whether ML.NET scores the hold-out as the serving reader does; its metrics and importance stand beside.</summary>
internal sealed class MLNetGate : IOfflineGate
{
    // ML.NET gives floats and holds thresholds as floats: a float's rounding, some times over.
    private const double Tolerance = 1e-5;
    private const int Repeats = 3;

    public string Name => "mlnet";

    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var bridge = MLNetBridge.Import(context);
        var worst = bridge.Scores().Select((score, i) => Math.Abs(score - context.HoldoutPredictions[i]) / Math.Max(1, Math.Abs(context.HoldoutPredictions[i]))).DefaultIfEmpty().Max();
        cancellationToken.ThrowIfCancellationRequested();
        var metrics = bridge.Evaluate();
        var numbers = new Numbers().With("worst_score_difference", worst).With("mean_absolute_error", metrics.MeanAbsoluteError).With("r_squared", metrics.RSquared);
        var importance = bridge.Importance(Repeats);
        for (var feature = 0; feature < importance.Length; feature++)
        {
            numbers.With($"importance_{context.Rows.Schema.Names[feature]}", importance[feature]);
        }

        return GateOutcome.Of(Name, worst <= Tolerance, numbers, string.Create(
            CultureInfo.InvariantCulture, $"ML.NET's scores differ by {worst:E1} at most; {Tolerance:E0} is allowed"));
    }
}
