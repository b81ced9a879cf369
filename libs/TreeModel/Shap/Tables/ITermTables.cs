namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>The tables of all groups, to be looked up and added.</summary>
internal interface ITermTables
{
    /// <summary>Bytes taken.</summary>
    long Bytes { get; }

    /// <summary>Writes the sums of all terms for the intervals of one feature vector.</summary>
    void Sum(ReadOnlySpan<ushort> intervals, Span<double> terms);
}
