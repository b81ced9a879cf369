using System.Runtime.Intrinsics;

namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>Fills the table of a group: for each combination of classes, the sum of what its leaves give for their patterns there.</summary>
internal sealed unsafe class TableFiller(TermLayout layout, TreeClasses classes, IShapleySource source)
{
    private double[] _leafTable = [];
    private int[] _patterns = [];
    private int[] _nextPatterns = [];

    /// <summary>Adds the leaves to a zeroed table.</summary>
    /// <param name="group">The group.</param>
    /// <param name="leaves">Its leaves.</param>
    /// <param name="termsOfRow">Term that each place in a row stands for, ascending.</param>
    /// <param name="width">Doubles a row, a multiple of 8 or less than that.</param>
    /// <param name="table">The table; group.Rows × width doubles.</param>
    public void Fill(LeafGroup group, ReadOnlySpan<LeafPath> leaves, int[] termsOfRow, int width, double* table)
    {
        foreach (var leaf in leaves)
        {
            FillLeafTable(leaf, termsOfRow, width);
            FindPatterns(group, leaf);
            fixed (double* leafTable = _leafTable)
            {
                for (var row = 0; row < group.Rows; row++)
                {
                    Add(table + ((long)row * width), leafTable + ((long)_patterns[row] * width), width);
                }
            }
        }
    }

    private static void Add(double* to, double* from, int width)
    {
        var at = 0;
        for (; at + Vector512<double>.Count <= width; at += Vector512<double>.Count)
        {
            (Vector512.Load(to + at) + Vector512.Load(from + at)).Store(to + at);
        }

        for (; at < width; at++)
        {
            to[at] += from[at];
        }
    }

    /// <summary>The leaf's terms for each of its patterns, at their places in the group's rows.</summary>
    private void FillLeafTable(LeafPath leaf, int[] termsOfRow, int width)
    {
        var shapley = source.ForTable(leaf);
        var patterns = 1 << leaf.Conditions.Length;
        if (_leafTable.Length < patterns * width)
        {
            _leafTable = new double[patterns * width];
        }

        _leafTable.AsSpan(0, patterns * width).Clear();
        var places = Array.ConvertAll(
            layout.TermsAmong(Array.ConvertAll(leaf.Conditions, condition => condition.Feature)),
            term => Array.BinarySearch(termsOfRow, term));
        Span<double> terms = new double[places.Length];
        for (var pattern = 0; pattern < patterns; pattern++)
        {
            if (layout.OfPairs)
            {
                shapley.Pairs((ulong)pattern, terms);
            }
            else
            {
                shapley.Values((ulong)pattern, terms);
            }

            for (var i = 0; i < places.Length; i++)
            {
                _leafTable[(pattern * width) + places[i]] = terms[i];
            }
        }
    }

    /// <summary>The leaf's pattern in each row of the group: the classes of one feature after the other multiply the rows.</summary>
    private void FindPatterns(LeafGroup group, LeafPath leaf)
    {
        if (_patterns.Length < group.Rows)
        {
            _patterns = new int[group.Rows];
            _nextPatterns = new int[group.Rows];
        }

        // Conditions that every value passes, or none, have no classes; they hold in all rows alike.
        _patterns[0] = PatternBits(leaf, feature => Array.FindIndex(group.FeatureIndexes, f => classes.Features[f] == feature) < 0, 0);
        var rows = 1;
        for (var k = 0; k < group.FeatureIndexes.Length; k++)
        {
            var f = group.FeatureIndexes[k];
            var representatives = classes.RepresentativesOf(f);
            var bits = Array.ConvertAll(
                group.Partitions[k].Representatives(),
                item => PatternBits(leaf, feature => feature == classes.Features[f], representatives[item]));
            for (var row = 0; row < rows; row++)
            {
                for (var c = 0; c < bits.Length; c++)
                {
                    _nextPatterns[(row * bits.Length) + c] = _patterns[row] | bits[c];
                }
            }

            rows *= bits.Length;
            (_patterns, _nextPatterns) = (_nextPatterns, _patterns);
        }
    }

    private static int PatternBits(LeafPath leaf, Func<int, bool> ofFeature, int interval)
    {
        var bits = 0;
        for (var j = 0; j < leaf.Conditions.Length; j++)
        {
            if (ofFeature(leaf.Conditions[j].Feature) && leaf.Conditions[j].Allowed.Contains(interval))
            {
                bits |= 1 << j;
            }
        }

        return bits;
    }
}
