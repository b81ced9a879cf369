namespace RateLimitSuite.TreeModel;

/// <summary>The arrays of a tree as the text gives them.</summary>
internal sealed record TreeArrays
{
    /// <summary>Feature of each split.</summary>
    public required int[] SplitFeature { get; init; }

    /// <summary>Gain of each split; empty where the text has none.</summary>
    public required double[] SplitGain { get; init; }

    /// <summary>Threshold of each split; of a categorical one, the number of its set.</summary>
    public required double[] Threshold { get; init; }

    /// <summary>Bits: 1 categorical, 2 default left, 4 and 8 the missing type.</summary>
    public required byte[] DecisionType { get; init; }

    /// <summary>Child on the left; a leaf as <c>~leaf</c>.</summary>
    public required int[] LeftChild { get; init; }

    /// <summary>Child on the right.</summary>
    public required int[] RightChild { get; init; }

    /// <summary>What each leaf adds, shrinkage included.</summary>
    public required double[] LeafValue { get; init; }

    /// <summary>Sum of hessians in each leaf; may be empty.</summary>
    public required double[] LeafWeight { get; init; }

    /// <summary>Training rows in each leaf; may be empty.</summary>
    public required long[] LeafCover { get; init; }

    /// <summary>Value each split would have as a leaf; may be empty.</summary>
    public required double[] InternalValue { get; init; }

    /// <summary>Sum of hessians at each split; may be empty.</summary>
    public required double[] InternalWeight { get; init; }

    /// <summary>Training rows at each split; may be empty.</summary>
    public required long[] InternalCover { get; init; }

    /// <summary>Where each category set begins in the bits, and the end.</summary>
    public required int[] CategoryBoundaries { get; init; }

    /// <summary>Category sets, a bit a category.</summary>
    public required uint[] CategoryBits { get; init; }

    /// <summary>Learning rate; it is already in the leaf values.</summary>
    public required double Shrinkage { get; init; }
}
