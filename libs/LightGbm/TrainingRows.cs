namespace RateLimitSuite.LightGbm;

/// <summary>What a model is trained or validated on: feature vectors, their labels and, if they count unequally, their weights.</summary>
public sealed record TrainingRows
{
    /// <summary>Rows of features and their labels.</summary>
    /// <param name="features">The feature vectors.</param>
    /// <param name="labels">One label a row, in the prediction's unit. LightGBM keeps them in single precision.</param>
    /// <param name="weights">One weight a row, 0 or more; empty: all rows count 1.</param>
    /// <param name="featureNames">One name a column; null: <c>Column_0</c> and so on.</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is not finite, or a weight is negative or not finite. (LightGBM would
    /// silently take a NaN label for 0.)</exception>
    public TrainingRows(
        FeatureMatrix features, ReadOnlyMemory<float> labels, ReadOnlyMemory<float> weights = default, IReadOnlyList<string>? featureNames = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        CheckLength(nameof(labels), labels.Length, features.Rows, "rows");
        CheckValues(nameof(labels), labels.Span, float.MinValue);
        if (!weights.IsEmpty)
        {
            CheckLength(nameof(weights), weights.Length, features.Rows, "rows");
            CheckValues(nameof(weights), weights.Span, 0);
        }

        if (featureNames is not null)
        {
            CheckLength(nameof(featureNames), featureNames.Count, features.Columns, "columns");
        }

        Features = features;
        Labels = labels;
        Weights = weights;
        FeatureNames = featureNames;
    }

    /// <summary>The feature vectors.</summary>
    public FeatureMatrix Features { get; }

    /// <summary>One label a row.</summary>
    public ReadOnlyMemory<float> Labels { get; }

    /// <summary>One weight a row, or empty.</summary>
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>One name a column, or null.</summary>
    public IReadOnlyList<string>? FeatureNames { get; }

    private static void CheckLength(string name, int length, int expected, string of)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{name} has {length} entries for {expected} {of}.", name);
        }
    }

    private static void CheckValues(string name, ReadOnlySpan<float> values, float least)
    {
        for (var row = 0; row < values.Length; row++)
        {
            if (!float.IsFinite(values[row]) || values[row] < least)
            {
                throw new ArgumentException($"{name}[{row}] is {values[row]}; it must be finite{(least == 0 ? " and 0 or more" : "")}.", name);
            }
        }
    }
}
