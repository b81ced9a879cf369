namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Population stability index of one feature: how far its shares per bin moved from a reference.</summary>
/// <remarks>Ten quantile bins of the reference, and one for values out of its range or missing. Without drift the index is about
/// (1/N + 1/n)·χ², so small samples look like drift; the limit grows with them.</remarks>
internal sealed class Psi
{
    /// <summary>Under this nobody calls it drift, whatever the sample.</summary>
    public const double Noteworthy = 0.1;

    private const int Quantiles = 10;

    private readonly double[] _edges;
    private readonly double[] _shares;
    private readonly int _reference;
    private readonly double _minimum;
    private readonly double _maximum;

    /// <summary>Takes a reference.</summary>
    /// <param name="reference">Values of the feature, NaN where missing; at least one number.</param>
    public Psi(IReadOnlyCollection<double> reference)
    {
        var sorted = reference.Where(double.IsFinite).Order().ToArray();
        if (sorted.Length == 0)
        {
            throw new ArgumentException("A reference holds at least one number.");
        }

        (_minimum, _maximum) = (sorted[0], sorted[^1]);

        // Equal quantiles fall together: a feature of few values has fewer bins.
        _edges = [.. Enumerable.Range(1, Quantiles - 1).Select(i => sorted[(int)((long)i * sorted.Length / Quantiles)])
            .Where(edge => edge > _minimum).Distinct()];
        _reference = reference.Count;
        _shares = Shares(Count(reference));
    }

    /// <summary>Bins, those for missing and out of range included.</summary>
    public int Bins => _edges.Length + 3;

    /// <summary>The index of a sample.</summary>
    public double Of(IReadOnlyCollection<double> sample)
    {
        var shares = Shares(Count(sample));
        var index = 0.0;
        for (var i = 0; i < shares.Length; i++)
        {
            index += (shares[i] - _shares[i]) * Math.Log(shares[i] / _shares[i]);
        }

        return index;
    }

    /// <summary>What the index is held against for a sample of <paramref name="count"/>, with <paramref name="features"/> of them watched.</summary>
    /// <param name="count">Size of the sample.</param>
    /// <param name="features">Features watched at once.</param>
    /// <param name="falseAlarms">Probability of any false alarm.</param>
    public double Limit(int count, int features, double falseAlarms = 0.01) => Math.Max(
        Noteworthy,
        ((1.0 / _reference) + (1.0 / count)) * ChiSquare.Quantile(Bins - 1, 1 - (falseAlarms / features)));

    private int[] Count(IReadOnlyCollection<double> values)
    {
        var counts = new int[Bins];
        foreach (var value in values)
        {
            counts[BinOf(value)]++;
        }

        return counts;
    }

    private int BinOf(double value)
    {
        if (double.IsNaN(value))
        {
            return Bins - 1;
        }

        if (value < _minimum || value > _maximum)
        {
            return Bins - 2;
        }

        var place = Array.BinarySearch(_edges, value);
        return place < 0 ? ~place : place + 1;
    }

    private static double[] Shares(int[] counts)
    {
        var total = counts.Sum() + (0.5 * counts.Length);
        return Array.ConvertAll(counts, c => (c + 0.5) / total);
    }
}
