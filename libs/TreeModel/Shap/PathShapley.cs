namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Path-dependent SHAP values of one leaf: a missing feature passes with the share of training rows that passed.</summary>
/// <remarks>
/// φⱼ = v (oⱼ − wⱼ) ∫ Πₘ≠ⱼ ((1−t) wₘ + t oₘ) dt, and Φᵢⱼ = v/2 (oᵢ − wᵢ)(oⱼ − wⱼ) ∫ Πₘ≠ᵢ,ⱼ ((1−t) wₘ + t oₘ) dt.
/// </remarks>
internal sealed class PathShapley(LeafPath path) : ILeafShapley
{
    private readonly int _depth = path.Conditions.Length;
    private readonly Quadrature _quadrature = Quadrature.ForDepth(path.Conditions.Length);

    /// <inheritdoc/>
    public double BaseValue => path.Conditions.Aggregate(path.Value, (product, condition) => product * condition.Weight);

    /// <inheritdoc/>
    public void FillValues(Span<double> table)
    {
        table.Clear();
        Span<double> without = stackalloc double[_depth];
        for (var pattern = 0; pattern < 1 << _depth; pattern++)
        {
            var row = table.Slice(pattern * _depth, _depth);
            for (var node = 0; node < _quadrature.Nodes.Length; node++)
            {
                ProductsWithoutOne(pattern, _quadrature.Nodes[node], without);
                for (var j = 0; j < _depth; j++)
                {
                    row[j] += _quadrature.Weights[node] * without[j];
                }
            }

            for (var j = 0; j < _depth; j++)
            {
                row[j] *= path.Value * Gain(pattern, j);
            }
        }
    }

    /// <inheritdoc/>
    public void FillPairs(Span<double> table)
    {
        table.Clear();
        var pairs = _depth * (_depth - 1) / 2;
        for (var pattern = 0; pattern < 1 << _depth; pattern++)
        {
            var row = table.Slice(pattern * pairs, pairs);
            var pair = 0;
            for (var i = 0; i < _depth; i++)
            {
                for (var j = i + 1; j < _depth; j++)
                {
                    row[pair++] = path.Value / 2 * Gain(pattern, i) * Gain(pattern, j) * IntegralWithoutTwo(pattern, i, j);
                }
            }
        }
    }

    private double Gain(int pattern, int j) => ((pattern >> j) & 1) - path.Conditions[j].Weight;

    private double Factor(int pattern, int j, double t)
    {
        var weight = path.Conditions[j].Weight;
        return ((pattern >> j) & 1) != 0 ? weight + t * (1 - weight) : (1 - t) * weight;
    }

    private void ProductsWithoutOne(int pattern, double t, Span<double> without)
    {
        double before = 1;
        for (var j = 0; j < _depth; j++)
        {
            without[j] = before;
            before *= Factor(pattern, j, t);
        }

        double after = 1;
        for (var j = _depth - 1; j >= 0; j--)
        {
            without[j] *= after;
            after *= Factor(pattern, j, t);
        }
    }

    private double IntegralWithoutTwo(int pattern, int i, int j)
    {
        double sum = 0;
        for (var node = 0; node < _quadrature.Nodes.Length; node++)
        {
            var product = _quadrature.Weights[node];
            for (var m = 0; m < _depth; m++)
            {
                product *= m == i || m == j ? 1 : Factor(pattern, m, _quadrature.Nodes[node]);
            }

            sum += product;
        }

        return sum;
    }
}
