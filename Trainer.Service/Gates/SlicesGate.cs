using System.Globalization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the model is fair to every policy and every size of client: no slice may pay for the average.</summary>
internal sealed class SlicesGate : IOfflineGate
{
    private const int RowsMinimum = 200;
    private const double WorseAllowed = 0.10;

    // Requests/s: idle, small, middle, large.
    private static readonly double[] VolumeEdges = [1, 10, 100];

    /// <inheritdoc/>
    public string Name => "slices";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        var numbers = new Numbers();
        var worse = new List<string>();
        foreach (var (slice, rows) in Slices(context).Where(slice => slice.Value.Count >= RowsMinimum).OrderBy(slice => slice.Key, StringComparer.Ordinal))
        {
            var (candidate, other) = Errors(context, rows);
            numbers.With(slice, new Numbers().With("rows", rows.Count).With("mae", candidate).With("other_mae", other));
            if (candidate > Math.Max(HoldoutGate.GoodEnough, (1 + WorseAllowed) * other))
            {
                worse.Add(string.Create(CultureInfo.InvariantCulture, $"{slice}: R {candidate:F4}, before {other:F4}"));
            }
        }

        return GateOutcome.Of(Name, worse.Count == 0, numbers, worse.Count == 0 ? "no slice is worse" : string.Join("; ", worse));
    }

    private static Dictionary<string, List<int>> Slices(GateContext context)
    {
        var rows = context.Rows;
        var slices = new Dictionary<string, List<int>>();
        for (var row = context.Split.HoldoutStart; row < rows.Count; row++)
        {
            var volume = rows.Features[FeatureSchema.RequestVolume][row];
            Add(slices, $"policy {rows.Policies[rows.Policy[row]]}", row);
            Add(slices, $"volume {VolumeEdges.Count(edge => volume >= edge)}", row);
        }

        return slices;
    }

    private static (double Candidate, double Other) Errors(GateContext context, List<int> slice)
    {
        var (rows, from) = (context.Rows, context.Split.HoldoutStart);
        RelativeError candidate = new(), other = new();
        foreach (var row in slice)
        {
            candidate.Add(context.HoldoutPredictions[row - from], rows.Label[row], rows.Low[row], rows.High[row], rows.Quality[row]);
            other.Add(context.ChampionPredictions?[row - from] ?? rows.RefillRate[row], rows.Label[row], rows.Low[row], rows.High[row], rows.Quality[row]);
        }

        return (candidate.Value, other.Value);
    }

    private static void Add(Dictionary<string, List<int>> slices, string slice, int row)
    {
        if (!slices.TryGetValue(slice, out var rows))
        {
            slices.Add(slice, rows = []);
        }

        rows.Add(row);
    }
}
