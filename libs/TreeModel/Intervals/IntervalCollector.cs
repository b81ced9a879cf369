namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>Collects what the splits on one feature ask, to make its intervals.</summary>
internal sealed class IntervalCollector
{
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
        _cuts.Add(tree.Threshold[split] + 0.0);   // -0 and 0 are one cut
        _missingIsApart |= tree.MissingTypeOf(split) == MissingType.NaN;
        if (tree.MissingTypeOf(split) == MissingType.Zero)
        {
            // NaN goes with 0 here; 0 itself is a band whose lower edge belongs to it.
            _cuts.Add(Math.BitDecrement(-Tree.ZeroThreshold));
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
