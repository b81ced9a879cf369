namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>The intervals of one feature between which no split of the model can tell its values apart.</summary>
/// <remarks>
/// Numerical: interval i holds the values over cut i−1 up to and including cut i; NaN has an interval of its own unless it counts as 0
/// everywhere. Categorical: interval 0 is "in no set", the others are one category each. Each interval has a representative value,
/// and what a split does with an interval is what <see cref="Tree.GoesLeft"/> does with that value: exact by construction.
/// </remarks>
internal sealed class FeatureIntervals
{
    private FeatureIntervals(double[] cuts, int count, ushort missing, ushort[]? categories)
    {
        Cuts = cuts;
        Count = count;
        Missing = missing;
        Categories = categories;
    }

    /// <summary>Number of intervals.</summary>
    public int Count { get; }

    /// <summary>Interval of a missing value.</summary>
    public ushort Missing { get; }

    /// <summary>Ascending cuts of a numerical feature; one value for each interval of a categorical one.</summary>
    public double[] Cuts { get; }

    /// <summary>Interval of each category; null for a numerical feature.</summary>
    public ushort[]? Categories { get; }

    /// <summary>Makes the intervals of a numerical feature.</summary>
    /// <param name="cuts">Distinct ascending values; a split tells x ≤ cut from x over it.</param>
    /// <param name="missingIsApart">Whether some split treats NaN differently from 0.</param>
    public static FeatureIntervals Numerical(double[] cuts, bool missingIsApart)
    {
        var intervals = cuts.Length + (missingIsApart ? 2 : 1);
        var missing = missingIsApart ? cuts.Length + 1 : cuts.Count(cut => cut < 0);
        return new FeatureIntervals(cuts, intervals, (ushort)missing, null);
    }

    /// <summary>Makes the intervals of a categorical feature.</summary>
    /// <param name="members">Ascending categories that are in at least one set.</param>
    public static FeatureIntervals Categorical(int[] members)
    {
        var categories = new ushort[members.Length == 0 ? 0 : members[^1] + 1];
        var representatives = new double[members.Length + 1];
        representatives[0] = double.NaN;
        for (var i = 0; i < members.Length; i++)
        {
            categories[members[i]] = (ushort)(i + 1);
            representatives[i + 1] = members[i];
        }

        return new FeatureIntervals(representatives, representatives.Length, 0, categories);
    }

    /// <summary>The bounds between which values surely lie in an interval: over number i and up to number i + 1 for interval i, so one more than intervals.</summary>
    /// <remarks>NaN, which no value is beside, where that cannot be told by bounds: categories and missing values.</remarks>
    public double[] Bounds()
    {
        var bounds = new double[Count + 1];
        bounds.AsSpan().Fill(double.NaN);
        if (Categories is null)
        {
            bounds[0] = double.NegativeInfinity;
            Cuts.CopyTo(bounds.AsSpan(1));
            bounds[Cuts.Length + 1] = double.PositiveInfinity;
        }

        return bounds;
    }

    /// <summary>A value of the interval, for every split to decide on.</summary>
    public double RepresentativeOf(int interval)
    {
        if (interval < Cuts.Length)
        {
            return Cuts[interval];
        }

        return interval == Cuts.Length ? double.PositiveInfinity : double.NaN;
    }
}
