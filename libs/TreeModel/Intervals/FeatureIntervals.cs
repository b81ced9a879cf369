using System.Runtime.CompilerServices;

namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>The intervals of one feature between which no split of the model can tell its values apart.</summary>
/// <remarks>
/// Numerical: interval i holds the values over cut i−1 up to and including cut i; NaN has an interval of its own unless it counts as 0
/// everywhere. Categorical: interval 0 is "in no set", the others are one category each. Each interval has a representative value,
/// and what a split does with an interval is what <see cref="Tree.GoesLeft"/> does with that value: exact by construction.
/// </remarks>
internal sealed class FeatureIntervals
{
    private readonly ushort[]? _categories;
    private readonly CutTree _search;
    private readonly ushort _missing;

    private FeatureIntervals(double[] cuts, bool missingIsApart)
    {
        Cuts = cuts;
        Count = cuts.Length + (missingIsApart ? 2 : 1);
        _search = new CutTree(cuts);
        _missing = (ushort)(missingIsApart ? cuts.Length + 1 : _search.CountBelow(0));
    }

    private FeatureIntervals(ushort[] categories, double[] representatives)
    {
        Cuts = representatives;
        Count = representatives.Length;
        _categories = categories;
        _search = new CutTree([]);
    }

    /// <summary>Number of intervals.</summary>
    public int Count { get; }

    /// <summary>Whether the feature is a category.</summary>
    public bool IsCategorical => _categories is not null;

    /// <summary>Interval of a missing value.</summary>
    public ushort Missing => _missing;

    /// <summary>Ascending cuts of a numerical feature.</summary>
    public double[] Cuts { get; }

    /// <summary>Makes the intervals of a numerical feature.</summary>
    /// <param name="cuts">Distinct ascending values; a split tells x ≤ cut from x over it.</param>
    /// <param name="missingIsApart">Whether some split treats NaN differently from 0.</param>
    public static FeatureIntervals Numerical(double[] cuts, bool missingIsApart) => new(cuts, missingIsApart);

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

        return new FeatureIntervals(categories, representatives);
    }

    /// <summary>The interval that a value falls into.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort IndexOf(double value)
    {
        if (_categories is not null)
        {
            // Not (value > -1) is also true for NaN; categories are cut towards zero.
            return !(value > -1) || value >= _categories.Length ? (ushort)0 : _categories[(int)value];
        }

        return double.IsNaN(value) ? _missing : (ushort)_search.CountBelow(value);
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
