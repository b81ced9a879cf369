namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>How far the model's reasons moved: shares of mean |SHAP value| per feature against a reference.</summary>
internal static class AttributionDrift
{
    /// <summary>Jensen–Shannon distance (base 2) of two sets of shares, 0..1.</summary>
    /// <param name="reference">Mean |SHAP value| per feature; not all 0.</param>
    /// <param name="present">The same, now.</param>
    public static double Distance(ReadOnlySpan<double> reference, ReadOnlySpan<double> present)
    {
        var (total, now) = (Total(reference), Total(present));
        if (reference.Length != present.Length || total <= 0 || now <= 0)
        {
            throw new ArgumentException("Two sets of shares need as many features, and something in both.");
        }

        var divergence = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var (p, q) = (reference[i] / total, present[i] / now);
            var middle = (p + q) / 2;
            divergence += (Term(p, middle) + Term(q, middle)) / 2;
        }

        return Math.Sqrt(Math.Max(0, divergence));
    }

    /// <summary>Spearman's rank correlation, -1..1; ties share their mean rank.</summary>
    public static double RankCorrelation(ReadOnlySpan<double> reference, ReadOnlySpan<double> present)
    {
        var (a, b) = (Ranks(reference), Ranks(present));
        var mean = (a.Length + 1) / 2.0;
        var (products, left, right) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            products += (a[i] - mean) * (b[i] - mean);
            left += (a[i] - mean) * (a[i] - mean);
            right += (b[i] - mean) * (b[i] - mean);
        }

        return left > 0 && right > 0 ? products / Math.Sqrt(left * right) : 0;
    }

    private static double Total(ReadOnlySpan<double> values)
    {
        var total = 0.0;
        foreach (var value in values)
        {
            total += value;
        }

        return total;
    }

    private static double Term(double share, double middle) => share > 0 ? share * Math.Log2(share / middle) : 0;

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        var ranks = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (below, equal) = (0, 0);
            foreach (var other in values)
            {
                below += other < values[i] ? 1 : 0;
                equal += other == values[i] ? 1 : 0;
            }

            ranks[i] = below + ((equal + 1) / 2.0);
        }

        return ranks;
    }
}
