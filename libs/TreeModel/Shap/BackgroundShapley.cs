using System.Numerics;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Interventional SHAP values of one leaf: a missing feature takes its value from a background row, averaged over the rows.</summary>
/// <remarks>
/// A background row counts only through its pattern q, and for a feature vector's pattern p only if p and q together pass every
/// condition. With a = conditions that q fails and c = conditions that p fails, the formulas depend on q through a alone, so all
/// patterns are served by sums over the supersets of p's complement: Z(S) = Σ share(q) tᵃ over q ⊇ S, at each quadrature node t.
/// <code>
/// φⱼ  (p passes j)          = + v ∫ (1−t)ᶜ   t⁻¹ (Z(p̄) − Z(p̄∪j)) dt
/// φⱼ  (p fails j)           = − v ∫ (1−t)ᶜ⁻¹     Z(p̄) dt
/// Φᵢⱼ (p passes both)       = + v/2 ∫ (1−t)ᶜ   t⁻² (Z(p̄) − Z(p̄∪i) − Z(p̄∪j) + Z(p̄∪ij)) dt
/// Φᵢⱼ (p passes i, fails j) = − v/2 ∫ (1−t)ᶜ⁻¹ t⁻¹ (Z(p̄) − Z(p̄∪i)) dt
/// Φᵢⱼ (p fails both)        = + v/2 ∫ (1−t)ᶜ⁻²     Z(p̄) dt
/// </code>
/// It holds 2ᵈ sums a node, for the time in which tables are filled.
/// </remarks>
internal sealed class BackgroundShapley : ILeafShapley
{
    private readonly double _value;
    private readonly int _depth;
    private readonly Quadrature _quadrature;
    private readonly double[][] _sums;

    /// <summary>Takes a leaf's value and the share of background rows with each of its 2ᵈ patterns.</summary>
    public BackgroundShapley(double value, int depth, double[] shares)
    {
        _value = value;
        _depth = depth;
        _quadrature = Quadrature.ForDepth(depth);
        _sums = Array.ConvertAll(_quadrature.Nodes, t => SupersetSums(t, depth, shares));
    }

    /// <inheritdoc/>
    public void Values(ulong pattern, Span<double> values)
    {
        values.Clear();
        var failed = FailedBy(pattern, out var c);
        for (var node = 0; node < _sums.Length; node++)
        {
            var (t, sums) = (_quadrature.Nodes[node], _sums[node]);
            var scale = _value * _quadrature.Weights[node];
            var passing = scale * Quadrature.Power(1 - t, c) / t;
            var failing = c == 0 ? 0 : -scale * Quadrature.Power(1 - t, c - 1) * sums[failed];
            for (var j = 0; j < values.Length; j++)
            {
                values[j] += (failed & (1 << j)) == 0 ? passing * (sums[failed] - sums[failed | (1 << j)]) : failing;
            }
        }
    }

    /// <inheritdoc/>
    public void Pairs(ulong pattern, Span<double> pairs)
    {
        pairs.Clear();
        var failed = FailedBy(pattern, out var c);
        for (var node = 0; node < _sums.Length; node++)
        {
            var (t, sums) = (_quadrature.Nodes[node], _sums[node]);
            var scale = _value / 2 * _quadrature.Weights[node];
            var bothPass = scale * Quadrature.Power(1 - t, c) / (t * t);
            var onePasses = c < 1 ? 0 : -scale * Quadrature.Power(1 - t, c - 1) / t;
            var bothFail = c < 2 ? 0 : scale * Quadrature.Power(1 - t, c - 2) * sums[failed];
            var pair = 0;
            for (var i = 0; i < _depth; i++)
            {
                for (var j = i + 1; j < _depth; j++)
                {
                    int withI = failed | (1 << i), withJ = failed | (1 << j);
                    pairs[pair++] += (withI == failed, withJ == failed) switch
                    {
                        (false, false) => bothPass * (sums[failed] - sums[withI] - sums[withJ] + sums[withI | withJ]),
                        (false, true) => onePasses * (sums[failed] - sums[withI]),
                        (true, false) => onePasses * (sums[failed] - sums[withJ]),
                        _ => bothFail,
                    };
                }
            }
        }
    }

    private static double[] SupersetSums(double t, int depth, double[] shares)
    {
        var sums = new double[shares.Length];
        for (var q = 0; q < sums.Length; q++)
        {
            sums[q] = shares[q] * Quadrature.Power(t, depth - BitOperations.PopCount((uint)q));
        }

        for (var bit = 1; bit < sums.Length; bit <<= 1)
        {
            for (var set = 0; set < sums.Length; set++)
            {
                sums[set] += (set & bit) == 0 ? sums[set | bit] : 0;
            }
        }

        return sums;
    }

    private int FailedBy(ulong pattern, out int count)
    {
        var failed = ((1 << _depth) - 1) & ~(int)pattern;
        count = BitOperations.PopCount((uint)failed);
        return failed;
    }
}
