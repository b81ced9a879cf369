namespace RateLimitSuite.TreeModel.Shap;

/// <summary>The SHAP values of one leaf for each pattern.</summary>
internal sealed class LeafTable
{
    private readonly PathCondition[] _conditions;
    private readonly double[] _values;
    private readonly double[] _pairs;

    public LeafTable(LeafPath path, ILeafShapley shapley, bool withPairs)
    {
        _conditions = path.Conditions;
        var rows = 1 << Depth;
        _values = new double[rows * Depth];
        shapley.FillValues(_values);
        _pairs = withPairs ? new double[rows * Depth * (Depth - 1) / 2] : [];
        if (withPairs)
        {
            shapley.FillPairs(_pairs);
        }
    }

    public int Depth => _conditions.Length;

    public ReadOnlySpan<double> Values => _values;

    public ReadOnlySpan<double> Pairs => _pairs;

    public void AddValues(ReadOnlySpan<ushort> intervals, Span<double> shapValues)
    {
        var row = PatternOf(intervals) * Depth;
        for (var j = 0; j < Depth; j++)
        {
            shapValues[_conditions[j].Feature] += _values[row + j];
        }
    }

    public void AddPairs(ReadOnlySpan<ushort> intervals, Span<double> interactions, int featureCount)
    {
        var at = PatternOf(intervals) * (Depth * (Depth - 1) / 2);
        for (var i = 0; i < Depth; i++)
        {
            for (var j = i + 1; j < Depth; j++)
            {
                var value = _pairs[at++];
                interactions[(_conditions[i].Feature * featureCount) + _conditions[j].Feature] += value;
                interactions[(_conditions[j].Feature * featureCount) + _conditions[i].Feature] += value;
            }
        }
    }

    private int PatternOf(ReadOnlySpan<ushort> intervals)
    {
        var pattern = 0;
        for (var j = 0; j < _conditions.Length; j++)
        {
            pattern |= _conditions[j].Allowed.Contains(intervals[_conditions[j].Feature]) ? 1 << j : 0;
        }

        return pattern;
    }
}
