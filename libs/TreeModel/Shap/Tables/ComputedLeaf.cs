namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>A leaf whose terms are computed each time, as a table for it is out of the budget.</summary>
internal sealed class ComputedLeaf(LeafPath path, ILeafShapley shapley, TermLayout layout)
{
    private const int StackTermsMax = 512;

    private readonly int[] _terms = layout.TermsAmong(Array.ConvertAll(path.Conditions, condition => condition.Feature));

    /// <summary>Adds the leaf's terms.</summary>
    public void AddTo(ReadOnlySpan<ushort> intervals, Span<double> sums)
    {
        ulong pattern = 0;
        for (var j = 0; j < path.Conditions.Length; j++)
        {
            pattern |= path.Conditions[j].Allowed.Contains(intervals[path.Conditions[j].Feature]) ? 1UL << j : 0;
        }

        Span<double> terms = _terms.Length <= StackTermsMax ? stackalloc double[_terms.Length] : new double[_terms.Length];
        if (layout.OfPairs)
        {
            shapley.Pairs(pattern, terms);
        }
        else
        {
            shapley.Values(pattern, terms);
        }

        for (var i = 0; i < terms.Length; i++)
        {
            sums[_terms[i]] += terms[i];
        }
    }
}
