using System.Diagnostics;
using System.Globalization;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the model is small and quick enough for the hot path.</summary>
internal sealed class CostGate : IOfflineGate
{
    private const double ChampionFactor = 1.2;

    // Without a champion; also a floor, as a factor of a few hundred nanoseconds would measure the machine.
    private const double MicrosecondsEnough = 20;
    private const int BytesMaximum = 16 << 20;
    private const int RowsMaximum = 1_000;
    private const int Rounds = 20;
    private const double Quantile = 0.99;

    /// <inheritdoc/>
    public string Name => "cost";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var candidate = Microseconds(context.Model.Predictor, context);
        var limit = context.Champion is { } champion
            ? Math.Max(MicrosecondsEnough, ChampionFactor * Microseconds(champion.Predictor, context))
            : MicrosecondsEnough;
        var numbers = new Numbers().With("p99_us", candidate).With("limit_us", limit).With("bytes", context.Text.Length).With("bytes_max", BytesMaximum);
        return GateOutcome.Of(Name, candidate <= limit && context.Text.Length <= BytesMaximum, numbers, string.Create(
            CultureInfo.InvariantCulture, $"p99 of a prediction {candidate:F2} µs, limit {limit:F2}; {context.Text.Length} bytes, limit {BytesMaximum}"));
    }

    // The 99th percentile over rows of each row's quickest run: a pause of the machine is not the model's.
    private static double Microseconds(Predictor predictor, GateContext context)
    {
        var count = Math.Min(RowsMaximum, context.Rows.Count);
        var quickest = new double[count];
        Array.Fill(quickest, double.PositiveInfinity);
        var features = new double[context.Rows.Schema.Count];
        double sink = 0;
        for (var round = 0; round < Rounds; round++)
        {
            for (var row = 0; row < count; row++)
            {
                context.Rows.CopyFeatures(row, features);
                var started = Stopwatch.GetTimestamp();
                sink += predictor.Predict(features);
                quickest[row] = Math.Min(quickest[row], Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }
        }

        Debug.Assert(double.IsFinite(sink));
        Array.Sort(quickest);
        return quickest[(int)(Quantile * (count - 1))];
    }
}
