namespace RateLimitSuite.Dashboard.Live;

/// <summary>Pearson's correlation of columns.</summary>
internal static class Correlation
{
    /// <summary>F × F coefficients, row-major; not a number where a column does not vary, or with fewer than three rows.</summary>
    public static double[] Of(IReadOnlyList<double[]> rows, int columns)
    {
        var result = new double[columns * columns];
        var means = new double[columns];
        foreach (var row in rows)
        {
            for (var j = 0; j < columns; j++)
            {
                means[j] += row[j] / rows.Count;
            }
        }

        for (var i = 0; i < columns; i++)
        {
            for (var j = i; j < columns; j++)
            {
                result[(i * columns) + j] = result[(j * columns) + i] = Pair(rows, i, j, means[i], means[j]);
            }
        }

        return result;
    }

    private static double Pair(IReadOnlyList<double[]> rows, int i, int j, double meanI, double meanJ)
    {
        double both = 0, ownI = 0, ownJ = 0;
        foreach (var row in rows)
        {
            var (di, dj) = (row[i] - meanI, row[j] - meanJ);
            both += di * dj;
            ownI += di * di;
            ownJ += dj * dj;
        }

        // A column that stands still varies by rounding only.
        var still = 1e-18 * Math.Max(1, rows.Count);
        return rows.Count < 3 || ownI <= still * Math.Max(1, meanI * meanI) || ownJ <= still * Math.Max(1, meanJ * meanJ)
            ? double.NaN
            : Math.Clamp(both / Math.Sqrt(ownI * ownJ), -1, 1);
    }
}
