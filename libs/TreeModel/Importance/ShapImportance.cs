namespace RateLimitSuite.TreeModel;

/// <summary>Importance as the mean magnitude of a feature's SHAP values over a set of rows.</summary>
public static class ShapImportance
{
    /// <summary>Mean |φ| of each feature, in the raw score's unit.</summary>
    /// <param name="explainer">Explains the rows, in its mode.</param>
    /// <param name="rowsRowMajor">The feature vectors, one after the other; at least one.</param>
    public static double[] MeanMagnitudes(TreeExplainer explainer, ReadOnlySpan<double> rowsRowMajor)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        var width = explainer.FeatureCount;
        if (rowsRowMajor.Length == 0 || rowsRowMajor.Length % width != 0)
        {
            throw new ArgumentException($"{rowsRowMajor.Length} values are not one or more rows of {width}.", nameof(rowsRowMajor));
        }

        var (sums, values) = (new double[width], new double[width]);
        var rows = rowsRowMajor.Length / width;
        for (var row = 0; row < rows; row++)
        {
            explainer.Explain(rowsRowMajor.Slice(row * width, width), values);
            for (var feature = 0; feature < width; feature++)
            {
                sums[feature] += Math.Abs(values[feature]);
            }
        }

        return Array.ConvertAll(sums, sum => sum / rows);
    }
}
