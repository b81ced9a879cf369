using System.Numerics;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Interventional SHAP values of one leaf: a missing feature takes its value from a background row, averaged over the rows.</summary>
/// <remarks>
/// A background row counts only through its pattern q, and for a feature vector's pattern p only if p and q together pass every
/// condition. With a = conditions that q fails and c = conditions that p fails, the formulas depend on q through a alone, so all
/// patterns are served by sums over the supersets of p's complement: Z(S) = Σ share(q) tᵃ over q ⊇ S, at each quadrature node t.
/// <code>
/// φⱼ  (p passes j)         = + v ∫ (1−t)ᶜ   t⁻¹ (Z(p̄) − Z(p̄ ∪ j)) dt
/// φⱼ  (p fails j)          = − v ∫ (1−t)ᶜ⁻¹     Z(p̄) dt
/// Φᵢⱼ (p passes both)      = + v/2 ∫ (1−t)ᶜ t⁻² (Z(p̄) − Z(p̄∪i) − Z(p̄∪j) + Z(p̄∪ij)) dt
/// Φᵢⱼ (p passes i, fails j) = − v/2 ∫ (1−t)ᶜ⁻¹ t⁻¹ (Z(p̄) − Z(p̄∪i)) dt
/// Φᵢⱼ (p fails both)       = + v/2 ∫ (1−t)ᶜ⁻²   Z(p̄) dt
/// </code>
/// </remarks>
internal sealed class BackgroundShapley : ILeafShapley
{
    private readonly double _value;
    private readonly int _depth;
    private readonly Quadrature _quadrature;
    private readonly double[] _shares;

    /// <summary>Takes a leaf's value and the share of background rows with each of its 2ᵈ patterns.</summary>
    public BackgroundShapley(double value, int depth, double[] shares)
    {
        _value = value;
        _depth = depth;
        _quadrature = Quadrature.ForDepth(depth);
        _shares = shares;
    }

    /// <inheritdoc/>
    public double BaseValue => _value * _shares[^1];

    private int Full => (1 << _depth) - 1;

    /// <inheritdoc/>
    public void FillValues(Span<double> table)
    {
        table.Clear();
        var sums = new double[1 << _depth];
        for (var node = 0; node < _quadrature.Nodes.Length; node++)
        {
            var t = _quadrature.Nodes[node];
            SupersetSums(t, sums);
            for (var pattern = 0; pattern <= Full; pattern++)
            {
                var row = table.Slice(pattern * _depth, _depth);
                var failed = Full & ~pattern;
                var c = BitOperations.PopCount((uint)failed);
                var passing = _value * _quadrature.Weights[node] * Power(1 - t, c) / t;
                var failing = c == 0 ? 0 : -_value * _quadrature.Weights[node] * Power(1 - t, c - 1) * sums[failed];
                for (var j = 0; j < _depth; j++)
                {
                    row[j] += ((pattern >> j) & 1) != 0 ? passing * (sums[failed] - sums[failed | (1 << j)]) : failing;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void FillPairs(Span<double> table)
    {
        table.Clear();
        var pairs = _depth * (_depth - 1) / 2;
        var sums = new double[1 << _depth];
        for (var node = 0; node < _quadrature.Nodes.Length; node++)
        {
            SupersetSums(_quadrature.Nodes[node], sums);
            for (var pattern = 0; pattern <= Full; pattern++)
            {
                AddPairs(node, pattern, sums, table.Slice(pattern * pairs, pairs));
            }
        }
    }

    private static double Power(double x, int exponent)
    {
        double power = 1;
        for (var i = 0; i < exponent; i++)
        {
            power *= x;
        }

        return power;
    }

    private void AddPairs(int node, int pattern, double[] sums, Span<double> row)
    {
        var t = _quadrature.Nodes[node];
        var failed = Full & ~pattern;
        var c = BitOperations.PopCount((uint)failed);
        var scale = _value / 2 * _quadrature.Weights[node];
        var pair = 0;
        for (var i = 0; i < _depth; i++)
        {
            for (var j = i + 1; j < _depth; j++)
            {
                int bitI = 1 << i, bitJ = 1 << j;
                row[pair++] += ((pattern & bitI) != 0, (pattern & bitJ) != 0) switch
                {
                    (true, true) => scale * Power(1 - t, c) / (t * t)
                        * (sums[failed] - sums[failed | bitI] - sums[failed | bitJ] + sums[failed | bitI | bitJ]),
                    (true, false) => -scale * Power(1 - t, c - 1) / t * (sums[failed] - sums[failed | bitI]),
                    (false, true) => -scale * Power(1 - t, c - 1) / t * (sums[failed] - sums[failed | bitJ]),
                    _ => scale * Power(1 - t, c - 2) * sums[failed],
                };
            }
        }
    }

    /// <summary>Z(S) for all sets S, one condition after the other.</summary>
    private void SupersetSums(double t, double[] sums)
    {
        for (var q = 0; q <= Full; q++)
        {
            sums[q] = _shares[q] * Power(t, _depth - BitOperations.PopCount((uint)q));
        }

        for (var bit = 1; bit <= Full; bit <<= 1)
        {
            for (var set = 0; set <= Full; set++)
            {
                if ((set & bit) == 0)
                {
                    sums[set] += sums[set | bit];
                }
            }
        }
    }
}
