using System.Numerics;
using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Counts the patterns of the background rows at the leaves of one tree.</summary>
/// <remarks>Rows are bits: one population count a coalition, on rows that pass all its conditions, replaces a walk over rows and leaves.</remarks>
internal sealed class BackgroundPatterns(Background background)
{
    // Leaves of one tree share most of their interval sets, so each is held against the rows once.
    private readonly Dictionary<IntervalSet, ulong[]> _passing = new(ReferenceEqualityComparer.Instance);

    /// <summary>The share of background rows with each of a leaf's 2ᵈ patterns.</summary>
    public double[] SharesOf(LeafPath path)
    {
        var depth = path.Conditions.Length;
        var counts = new int[1 << depth];
        var everyRow = new ulong[(background.Count + 63) / 64];
        everyRow.AsSpan().Fill(ulong.MaxValue);
        everyRow[^1] >>= (64 - (background.Count & 63)) & 63;
        CountSupersets(path, 0, 0, everyRow, counts);

        // From "passes at least these" to "passes exactly these", condition by condition.
        for (var bit = 1; bit < counts.Length; bit <<= 1)
        {
            for (var set = 0; set < counts.Length; set++)
            {
                counts[set] -= (set & bit) == 0 ? counts[set | bit] : 0;
            }
        }

        return Array.ConvertAll(counts, count => (double)count / background.Count);
    }

    private void CountSupersets(LeafPath path, int next, int set, ulong[] rows, int[] counts)
    {
        if (next == path.Conditions.Length)
        {
            counts[set] = Population(rows);
            return;
        }

        CountSupersets(path, next + 1, set, rows, counts);
        var both = new ulong[rows.Length];
        var passing = Passing(path.Conditions[next]);
        for (var word = 0; word < both.Length; word++)
        {
            both[word] = rows[word] & passing[word];
        }

        CountSupersets(path, next + 1, set | (1 << next), both, counts);
    }

    private ulong[] Passing(in PathCondition condition)
    {
        if (!_passing.TryGetValue(condition.Allowed, out var rows))
        {
            rows = background.Passing(condition);
            _passing.Add(condition.Allowed, rows);
        }

        return rows;
    }

    private static int Population(ulong[] rows)
    {
        var count = 0;
        foreach (var word in rows)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }
}
