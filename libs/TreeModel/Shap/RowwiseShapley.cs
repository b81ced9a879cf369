using System.Numerics;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Interventional SHAP values of one leaf, row pattern by row pattern: for paths too deep for sums over all 2ᵈ patterns.</summary>
/// <remarks>
/// A pair (p, q) counts only if together they pass all conditions. With a conditions that q alone fails and c that p alone fails:
/// φⱼ = v (a−1)! c!/(a+c)! where q alone fails j, −v a! (c−1)!/(a+c)! where p alone does; and likewise for pairs.
/// </remarks>
internal sealed class RowwiseShapley(double value, int depth, (ulong Pattern, double Share)[] rows) : ILeafShapley
{
    private readonly ulong _full = depth == 64 ? ulong.MaxValue : (1UL << depth) - 1;

    /// <inheritdoc/>
    public void Values(ulong pattern, Span<double> values)
    {
        values.Clear();
        foreach (var (q, share) in rows)
        {
            if ((pattern | q) == _full && pattern != q)
            {
                var (byQ, byP) = (_full & ~q, _full & ~pattern);
                int a = BitOperations.PopCount(byQ), c = BitOperations.PopCount(byP);
                AddAt(byQ, a == 0 ? 0 : share * value * Beta(a - 1, c), values);
                AddAt(byP, c == 0 ? 0 : -share * value * Beta(a, c - 1), values);
            }
        }
    }

    /// <inheritdoc/>
    public void Pairs(ulong pattern, Span<double> pairs)
    {
        pairs.Clear();
        foreach (var (q, share) in rows)
        {
            if ((pattern | q) == _full && pattern != q)
            {
                AddPairs(_full & ~q, _full & ~pattern, share * value / 2, pairs);
            }
        }
    }

    /// <summary>m! n! / (m+n+1)!</summary>
    private static double Beta(int m, int n)
    {
        var product = 1.0 / (m + n + 1);
        for (var i = 1; i <= n; i++)
        {
            product *= (double)i / (m + i);
        }

        return product;
    }

    private static void AddAt(ulong bits, double amount, Span<double> values)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            values[BitOperations.TrailingZeroCount(bits)] += amount;
        }
    }

    private void AddPairs(ulong byQ, ulong byP, double scale, Span<double> pairs)
    {
        int a = BitOperations.PopCount(byQ), c = BitOperations.PopCount(byP);
        var bothByQ = a < 2 ? 0 : scale * Beta(a - 2, c);
        var bothByP = c < 2 ? 0 : scale * Beta(a, c - 2);
        var mixed = a < 1 || c < 1 ? 0 : -scale * Beta(a - 1, c - 1);
        var pair = 0;
        for (var i = 0; i < depth; i++)
        {
            for (var j = i + 1; j < depth; j++, pair++)
            {
                var both = (1UL << i) | (1UL << j);
                pairs[pair] += (both & byQ) == both ? bothByQ
                    : (both & byP) == both ? bothByP
                    : (both & (byQ | byP)) == both ? mixed
                    : 0;
            }
        }
    }
}
