namespace RateLimitSuite.LightGbm;

/// <summary>Feature vectors in one block of memory: <see cref="Rows"/> × <see cref="Columns"/> values, NaN where missing.</summary>
/// <remarks>The memory is not copied and must not change while it is in use.</remarks>
public sealed class FeatureMatrix
{
    private FeatureMatrix(ReadOnlyMemory<double> values, int columns, bool isRowMajor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (values.Length == 0 || values.Length % columns != 0)
        {
            throw new ArgumentException($"{values.Length} values are not one or more full rows of {columns}.", nameof(values));
        }

        Values = values;
        Columns = columns;
        Rows = values.Length / columns;
        IsRowMajor = isRowMajor;
    }

    /// <summary>The values, in the order that <see cref="IsRowMajor"/> tells.</summary>
    public ReadOnlyMemory<double> Values { get; }

    /// <summary>How many feature vectors.</summary>
    public int Rows { get; }

    /// <summary>How many features.</summary>
    public int Columns { get; }

    /// <summary>True if each feature vector lies together, false if each feature's values do.</summary>
    public bool IsRowMajor { get; }

    /// <summary>The same rows in parts of so many; columns cannot be parted, so a matrix of columns is one part.</summary>
    internal IEnumerable<FeatureMatrix> InChunks(int rows)
    {
        if (!IsRowMajor)
        {
            yield return this;
            yield break;
        }

        for (var start = 0; start < Rows; start += rows)
        {
            yield return OfRows(Values.Slice(start * Columns, Math.Min(rows, Rows - start) * Columns), Columns);
        }
    }

    /// <summary>A matrix whose feature vectors follow one another.</summary>
    /// <param name="values">Rows × <paramref name="columns"/> values.</param>
    /// <param name="columns">Features in a row.</param>
    /// <exception cref="ArgumentException">The values do not fill at least one row, or not the last one.</exception>
    public static FeatureMatrix OfRows(ReadOnlyMemory<double> values, int columns) => new(values, columns, isRowMajor: true);

    /// <summary>A matrix whose columns follow one another: all values of feature 0, then all of feature 1.</summary>
    /// <param name="values">Rows × <paramref name="columns"/> values.</param>
    /// <param name="columns">Features in a row.</param>
    /// <exception cref="ArgumentException">The values do not fill the columns equally.</exception>
    public static FeatureMatrix OfColumns(ReadOnlyMemory<double> values, int columns) => new(values, columns, isRowMajor: false);
}
