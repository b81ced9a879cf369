using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Path-dependent SHAP values of one leaf: a missing feature passes with the share of training rows that passed.</summary>
/// <remarks>
/// φⱼ = v (oⱼ − wⱼ) ∫ Πₘ≠ⱼ ((1−t) wₘ + t oₘ) dt, and Φᵢⱼ = v/2 (oᵢ − wᵢ)(oⱼ − wⱼ) ∫ Πₘ≠ᵢ,ⱼ ((1−t) wₘ + t oₘ) dt.
/// Eight quadrature nodes, enough for 16 features, are the lanes of one vector.
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
        Span<Vector512<double>> factors = stackalloc Vector512<double>[_weights.Length];
        for (var node = 0; node < _quadrature.LaneNodes.Length; node += Quadrature.Lanes)
        {
            FactorsAt(node, pattern, factors);
            AddProductsWithoutOne(factors, Vector512.LoadUnsafe(ref _quadrature.LaneWeights[node]), values);
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
        Span<Vector512<double>> factors = stackalloc Vector512<double>[_weights.Length];
        for (var node = 0; node < _quadrature.LaneNodes.Length; node += Quadrature.Lanes)
        {
            FactorsAt(node, pattern, factors);
            AddProductsWithoutTwo(factors, Vector512.LoadUnsafe(ref _quadrature.LaneWeights[node]), pairs);
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

    private static void AddProductsWithoutOne(ReadOnlySpan<Vector512<double>> factors, Vector512<double> weights, Span<double> sums)
    {
        Span<Vector512<double>> before = stackalloc Vector512<double>[factors.Length];
        var product = weights;
        for (var j = 0; j < factors.Length; j++)
        {
            before[j] = product;
            product *= factors[j];
        }

        var after = Vector512.Create(1.0);
        for (var j = factors.Length - 1; j >= 0; j--)
        {
            sums[j] += SumOf(before[j] * after);
            after *= factors[j];
        }
    }

    private static void AddProductsWithoutTwo(Span<Vector512<double>> factors, Vector512<double> weights, Span<double> sums)
    {
        // Without i the others' products without one are as before: the factor of i is set to 1 for the time.
        var pair = 0;
        Span<double> withoutOne = stackalloc double[factors.Length];
        for (var i = 0; i < factors.Length - 1; i++)
        {
            var factor = factors[i];
            factors[i] = Vector512.Create(1.0);
            withoutOne.Clear();
            AddProductsWithoutOne(factors, weights, withoutOne);
            factors[i] = factor;
            for (var j = i + 1; j < factors.Length; j++)
            {
                sums[pair++] += withoutOne[j];
            }
        }
    }

    /// <summary>Sum of the lanes in an order that does not depend on the machine's vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumOf(Vector512<double> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    private double Gain(ulong pattern, int j) => ((pattern >> j) & 1) - _weights[j];

    private void FactorsAt(int node, ulong pattern, Span<Vector512<double>> factors)
    {
        var t = Vector512.LoadUnsafe(ref _quadrature.LaneNodes[node]);
        var rest = Vector512.Create(1.0) - t;
        for (var j = 0; j < factors.Length; j++)
        {
            double passes = (pattern >> j) & 1;
            factors[j] = (rest * Vector512.Create(_weights[j])) + (t * Vector512.Create(passes));
        }
    }
}
