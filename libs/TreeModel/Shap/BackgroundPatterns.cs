using System.Numerics;
using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Interventional SHAP: counts the patterns of the background rows at the leaves of one tree.</summary>
/// <remarks>Rows are bits: one population count a coalition, on rows that pass all its conditions, replaces a walk over rows and leaves.</remarks>
internal sealed class BackgroundPatterns(Background background) : IShapleySource
{
    // Leaves of one tree share most of their interval sets, so each is held against the rows once.
    private readonly Dictionary<IntervalSet, ulong[]> _passing = new(ReferenceEqualityComparer.Instance);
    private readonly List<ulong[]> _scratch = [];

    /// <inheritdoc/>
    public double BaseValue(LeafPath path)
    {
        var rows = background.AllRows.ToArray();
        foreach (var condition in path.Conditions)
        {
            KeepBoth(rows, Passing(condition), rows);
        }

        return path.Value * Population(rows) / background.Count;
    }

    /// <inheritdoc/>
    public ILeafShapley ForTable(LeafPath path) => new BackgroundShapley(path.Value, path.Conditions.Length, SharesOf(path));

    /// <inheritdoc/>
    public ILeafShapley ForRunTime(LeafPath path)
    {
        var counts = new Dictionary<ulong, int>();
        var passing = Array.ConvertAll(path.Conditions, condition => Passing(condition));
        for (var row = 0; row < background.Count; row++)
        {
            ulong pattern = 0;
            for (var j = 0; j < passing.Length; j++)
            {
                pattern |= ((passing[j][row >> 6] >> row) & 1) << j;
            }

            counts[pattern] = counts.GetValueOrDefault(pattern) + 1;
        }

        var rows = counts.OrderBy(entry => entry.Key).Select(entry => (entry.Key, (double)entry.Value / background.Count));
        return new RowwiseShapley(path.Value, path.Conditions.Length, [.. rows]);
    }

    private double[] SharesOf(LeafPath path)
    {
        var counts = new int[1 << path.Conditions.Length];
        var passing = Array.ConvertAll(path.Conditions, condition => Passing(condition));
        while (_scratch.Count <= passing.Length)
        {
            _scratch.Add(new ulong[background.Words]);
        }

        background.AllRows.CopyTo(_scratch[0], 0);
        CountSupersets(passing, 0, 0, 0, counts);

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

    private void CountSupersets(ulong[][] passing, int next, int set, int level, int[] counts)
    {
        // Scratch[level] holds the rows that pass all conditions in the set.
        if (next == passing.Length)
        {
            counts[set] = Population(_scratch[level]);
            return;
        }

        CountSupersets(passing, next + 1, set, level, counts);
        KeepBoth(_scratch[level], passing[next], _scratch[level + 1]);
        CountSupersets(passing, next + 1, set | (1 << next), level + 1, counts);
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

    private static void KeepBoth(ReadOnlySpan<ulong> rows, ReadOnlySpan<ulong> passing, Span<ulong> both)
    {
        for (var word = 0; word < both.Length; word++)
        {
            both[word] = rows[word] & passing[word];
        }
    }

    private static int Population(ReadOnlySpan<ulong> rows)
    {
        var count = 0;
        foreach (var word in rows)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }
}
