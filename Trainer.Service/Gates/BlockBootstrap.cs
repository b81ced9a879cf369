using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>How much two models' errors differ on the same rows, with an interval that does not take the rows of an hour for independent.</summary>
/// <remarks>Rows are put into blocks of time; each draw takes as many blocks as there are, with replacement, and sums paired errors.</remarks>
internal static class BlockBootstrap
{
    private const int Draws = 2_000;
    private const double Tail = 0.025;
    // A label is made of the three windows after its own: rows closer than that share a truth.
    private const int DependentWindows = 4;
    private const int BlocksWanted = 20;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>A twentieth of the rows' span, but not less than their labels share and not more than an hour.</summary>
    public static TimeSpan BlockOf(MetricsRows rows, int from, LoopProfile profile) => TimeSpan.FromTicks(Math.Min(
        Hour.Ticks, Math.Max(DependentWindows * profile.Window.Ticks, (rows.Timestamp[^1] - rows.Timestamp[from]) / BlocksWanted)));

    /// <summary>R of the candidate − R of the other, for rows from <paramref name="from"/> on.</summary>
    public static ErrorDifference Difference(
        MetricsRows rows, int from, ReadOnlySpan<double> candidate, ReadOnlySpan<double> other, TimeSpan block, int seed)
    {
        var blocks = Blocks(rows, from, candidate, other, block);
        var all = blocks.Aggregate((Error: 0.0, Other: 0.0, Scale: 0.0), (sum, b) => (sum.Error + b.Error, sum.Other + b.Other, sum.Scale + b.Scale));
        var draws = new double[Draws];
#pragma warning disable CA5394 // Seeded on purpose: the same rows must give the same interval.
        var random = new Random(seed);
        for (var draw = 0; draw < Draws; draw++)
        {
            double difference = 0, scale = 0;
            for (var i = 0; i < blocks.Count; i++)
            {
                var (error, otherError, blockScale) = blocks[random.Next(blocks.Count)];
                difference += error - otherError;
                scale += blockScale;
            }

            draws[draw] = difference / scale;
        }
#pragma warning restore CA5394

        Array.Sort(draws);
        return new(
            (all.Error - all.Other) / all.Scale, draws[(int)(Tail * (Draws - 1))], draws[(int)((1 - Tail) * (Draws - 1))], all.Other / all.Scale, blocks.Count);
    }

    private static List<(double Error, double Other, double Scale)> Blocks(
        MetricsRows rows, int from, ReadOnlySpan<double> candidate, ReadOnlySpan<double> other, TimeSpan block)
    {
        var blocks = new SortedDictionary<long, (double Error, double Other, double Scale)>();
        for (var i = 0; i < candidate.Length; i++)
        {
            var row = from + i;
            var key = rows.Timestamp[row] / block.Ticks;
            var sum = blocks.GetValueOrDefault(key);
            var weight = rows.Quality[row];
            blocks[key] = (
                sum.Error + weight * RelativeError.Distance(candidate[i], rows.Low[row], rows.High[row]),
                sum.Other + weight * RelativeError.Distance(other[i], rows.Low[row], rows.High[row]),
                sum.Scale + weight * Math.Max(1, rows.Label[row]));
        }

        return [.. blocks.Values.Where(b => b.Scale > 0)];
    }
}
