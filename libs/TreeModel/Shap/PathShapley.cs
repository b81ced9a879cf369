namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Path-dependent SHAP values of one leaf: a missing feature passes with the share of training rows that passed.</summary>
/// <remarks>
/// φⱼ = v (oⱼ − wⱼ) ∫ Πₘ≠ⱼ ((1−t) wₘ + t oₘ) dt, and Φᵢⱼ = v/2 (oᵢ − wᵢ)(oⱼ − wⱼ) ∫ Πₘ≠ᵢ,ⱼ ((1−t) wₘ + t oₘ) dt.
/// </remarks>
internal sealed class PathShapley(LeafPath path) : ILeafShapley
{
    private readonly double _value = path.Value;
    private readonly double[] _weights = Array.ConvertAll(path.Conditions, condition => condition.Weight);
    private readonly Quadrature _quadrature = Quadrature.ForDepth(path.Conditions.Length);

    /// <inheritdoc/>
    public void Values(ulong pattern, Span<double> values)
    {
        values.Clear();
        Span<double> factors = stackalloc double[_weights.Length];
        for (var node = 0; node < _quadrature.Nodes.Length; node++)
        {
            FactorsAt(_quadrature.Nodes[node], pattern, factors);
            AddProductsWithoutOne(factors, _quadrature.Weights[node], values);
        }

        for (var j = 0; j < values.Length; j++)
        {
            values[j] *= _value * Gain(pattern, j);
        }
    }

    /// <inheritdoc/>
    public void Pairs(ulong pattern, Span<double> pairs)
    {
        pairs.Clear();
        Span<double> factors = stackalloc double[_weights.Length];
        for (var node = 0; node < _quadrature.Nodes.Length; node++)
        {
            FactorsAt(_quadrature.Nodes[node], pattern, factors);
            AddProductsWithoutTwo(factors, _quadrature.Weights[node], pairs);
        }

        var pair = 0;
        for (var i = 0; i < factors.Length; i++)
        {
            for (var j = i + 1; j < factors.Length; j++)
            {
                pairs[pair++] *= _value / 2 * Gain(pattern, i) * Gain(pattern, j);
            }
        }
    }

    private static void AddProductsWithoutOne(ReadOnlySpan<double> factors, double weight, Span<double> sums)
    {
        Span<double> before = stackalloc double[factors.Length];
        var product = weight;
        for (var j = 0; j < factors.Length; j++)
        {
            before[j] = product;
            product *= factors[j];
        }

        double after = 1;
        for (var j = factors.Length - 1; j >= 0; j--)
        {
            sums[j] += before[j] * after;
            after *= factors[j];
        }
    }

    private static void AddProductsWithoutTwo(Span<double> factors, double weight, Span<double> sums)
    {
        // Without i the others' products without one are as before: the factor of i is set to 1 for the time.
        var pair = 0;
        Span<double> withoutOne = stackalloc double[factors.Length];
        for (var i = 0; i < factors.Length - 1; i++)
        {
            var factor = factors[i];
            factors[i] = 1;
            withoutOne.Clear();
            AddProductsWithoutOne(factors, weight, withoutOne);
            factors[i] = factor;
            for (var j = i + 1; j < factors.Length; j++)
            {
                sums[pair++] += withoutOne[j];
            }
        }
    }

    private double Gain(ulong pattern, int j) => ((pattern >> j) & 1) - _weights[j];

    private void FactorsAt(double t, ulong pattern, Span<double> factors)
    {
        for (var j = 0; j < factors.Length; j++)
        {
            var missing = (1 - t) * _weights[j];
            factors[j] = ((pattern >> j) & 1) != 0 ? missing + t : missing;
        }
    }
}
