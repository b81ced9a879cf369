namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>Collects what the splits on one feature ask, to make its intervals.</summary>
internal sealed class IntervalCollector
{
    // Values this near to 0 are 0: a band that no cut divides, and whose two edges belong to it.
    private static readonly double BelowZeroBand = Math.BitDecrement(-Tree.ZeroThreshold);

    private readonly SortedSet<double> _cuts = [];
    private readonly SortedSet<int> _categories = [];
    private bool _isNumerical;
    private bool _isCategorical;
    private bool _missingIsApart;

    /// <summary>Adds one split on the feature.</summary>
    public void Add(Tree tree, int split)
    {
        if (tree.IsCategorical(split))
        {
            _isCategorical = true;
            AddCategories(tree.CategoriesOf(split));
            return;
        }

        _isNumerical = true;
        _cuts.Add(CutOf(tree.Threshold[split]));
        _missingIsApart |= tree.MissingTypeOf(split) == MissingType.NaN;
        if (tree.MissingTypeOf(split) == MissingType.Zero)
        {
            _cuts.Add(BelowZeroBand);
            _cuts.Add(Tree.ZeroThreshold);
        }
    }

    /// <summary>Makes the intervals of all splits added.</summary>
    public FeatureIntervals ToIntervals(string name)
    {
        if (_isNumerical && _isCategorical)
        {
            throw new NotSupportedException($"Feature {name} is split both as a number and as a category.");
        }

        return _isCategorical
            ? FeatureIntervals.Categorical([.. _categories])
            : FeatureIntervals.Numerical([.. _cuts], _missingIsApart);
    }

    private static double CutOf(double threshold)
    {
        if (Math.Abs(threshold) > Tree.ZeroThreshold)
        {
            return threshold;
        }

        return threshold >= 0 ? Tree.ZeroThreshold : BelowZeroBand;
    }

    private void AddCategories(ReadOnlySpan<uint> bits)
    {
        for (var word = 0; word < bits.Length; word++)
        {
            for (var bit = 0; bit < 32; bit++)
            {
                if (((bits[word] >> bit) & 1) != 0)
                {
                    _categories.Add((word * 32) + bit);
                }
            }
        }
    }
}
