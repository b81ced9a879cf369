namespace RateLimitSuite.TreeModel;

/// <summary>One binary tree as flat arrays: splits are numbered from the root 0, a child below zero is the leaf <c>~child</c>.</summary>
/// <remarks>Immutable, and sound once it was checked by <see cref="Text.TreeChecks"/>: every split and leaf is reached on exactly one path.</remarks>
public sealed class Tree
{
    // LightGBM compares with this float constant, so its exact double is what counts.
    internal const double ZeroThreshold = 1e-35f;

    internal Tree(TreeArrays arrays) => Arrays = arrays;

    /// <summary>The arrays.</summary>
    internal TreeArrays Arrays { get; }

    /// <summary>Number of leaves; one more than splits.</summary>
    public int LeafCount => LeafValue.Length;

    /// <summary>Number of splits.</summary>
    public int SplitCount => SplitFeature.Length;

    /// <summary>Raw score that each leaf adds, shrinkage included.</summary>
    public ReadOnlySpan<double> LeafValues => LeafValue;

    /// <summary>Training rows in each leaf; empty where the model text has no counts.</summary>
    public ReadOnlySpan<long> LeafCovers => LeafCover;

    /// <summary>Feature of each split.</summary>
    public ReadOnlySpan<int> SplitFeatures => SplitFeature;

    /// <summary>Where each split sends values that are not over its threshold: a split's number, or ~ a leaf's.</summary>
    public ReadOnlySpan<int> LeftChildren => LeftChild;

    /// <summary>Where each split sends the others: a split's number, or ~ a leaf's.</summary>
    public ReadOnlySpan<int> RightChildren => RightChild;

    /// <summary>Whether the counts that path-dependent SHAP weighs by are there.</summary>
    public bool HasCovers => LeafCover.Length == LeafCount && InternalCover.Length == SplitCount && (SplitCount == 0 || InternalCover[0] > 0);

    /// <summary>Finds the leaf of a feature vector, split by split: the definition that every faster path must equal.</summary>
    /// <param name="features">The feature vector; NaN where missing.</param>
    public int Route(ReadOnlySpan<double> features)
    {
        if (SplitCount == 0)
        {
            return 0;
        }

        var node = 0;
        while (node >= 0)
        {
            node = GoesLeft(node, features[SplitFeature[node]]) ? LeftChild[node] : RightChild[node];
        }

        return ~node;
    }

    /// <summary>Whether a value takes the left side of a split.</summary>
    public bool GoesLeft(int split, double value) =>
        IsCategorical(split) ? IsInCategories(split, value) : IsBelow(split, value);

    /// <summary>Whether a split asks for membership in a set of categories.</summary>
    public bool IsCategorical(int split) => (DecisionType[split] & 1) != 0;

    /// <summary>Which values a numerical split sends to its default side.</summary>
    public MissingType MissingTypeOf(int split) => (MissingType)((DecisionType[split] >> 2) & 3);

    internal int[] SplitFeature => Arrays.SplitFeature;

    internal double[] SplitGain => Arrays.SplitGain;

    internal double[] Threshold => Arrays.Threshold;

    internal byte[] DecisionType => Arrays.DecisionType;

    internal int[] LeftChild => Arrays.LeftChild;

    internal int[] RightChild => Arrays.RightChild;

    internal double[] LeafValue => Arrays.LeafValue;

    internal double[] LeafWeight => Arrays.LeafWeight;

    internal long[] LeafCover => Arrays.LeafCover;

    internal double[] InternalValue => Arrays.InternalValue;

    internal double[] InternalWeight => Arrays.InternalWeight;

    internal long[] InternalCover => Arrays.InternalCover;

    internal int[] CategoryBoundaries => Arrays.CategoryBoundaries;

    internal uint[] CategoryBits => Arrays.CategoryBits;

    internal double Shrinkage => Arrays.Shrinkage;

    internal bool DefaultsLeft(int split) => (DecisionType[split] & 2) != 0;

    internal ReadOnlySpan<uint> CategoriesOf(int split)
    {
        var set = (int)Threshold[split];
        return CategoryBits.AsSpan(CategoryBoundaries[set]..CategoryBoundaries[set + 1]);
    }

    internal long CoverOf(int child) => child >= 0 ? InternalCover[child] : LeafCover[~child];

    internal Tree WithLeafValues(double[] leafValues) => new(Arrays with { LeafValue = leafValues });

    internal Tree WithCovers(ReadOnlySpan<double> rowsRowMajor, int width)
    {
        var (leafCover, internalCover) = (new long[LeafCount], new long[SplitCount]);
        for (var at = 0; at < rowsRowMajor.Length; at += width)
        {
            var node = SplitCount > 0 ? 0 : ~0;
            while (node >= 0)
            {
                internalCover[node]++;
                node = GoesLeft(node, rowsRowMajor[at + SplitFeature[node]]) ? LeftChild[node] : RightChild[node];
            }

            leafCover[~node]++;
        }

        return new Tree(Arrays with { LeafCover = leafCover, InternalCover = internalCover });
    }

    private bool IsBelow(int split, double value)
    {
        var missing = MissingTypeOf(split);
        if (double.IsNaN(value))
        {
            if (missing == MissingType.NaN)
            {
                return DefaultsLeft(split);
            }

            value = 0;
        }

        if (Math.Abs(value) <= ZeroThreshold)
        {
            // Native LightGBM drops such values when it takes a row in, so they are 0 to every split.
            return missing == MissingType.Zero ? DefaultsLeft(split) : Threshold[split] >= 0;
        }

        return value <= Threshold[split];
    }

    private bool IsInCategories(int split, double value)
    {
        // A category is the value cut towards zero, so -0.5 is category 0.
        if (double.IsNaN(value) || value <= -1 || value >= int.MaxValue)
        {
            return false;
        }

        var category = (int)value;
        var bits = CategoriesOf(split);
        return category >> 5 < bits.Length && ((bits[category >> 5] >> (category & 31)) & 1) != 0;
    }
}
