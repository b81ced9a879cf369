namespace RateLimitSuite.TreeModel;

/// <summary>Permutation importance: error with a feature shuffled among the rows, less the error as it is.</summary>
public static class PermutationImportance
{
    /// <summary>Computes the importance of each group over a set of labelled rows; the same seed gives the same numbers anywhere.</summary>
    /// <param name="predictor">The model.</param>
    /// <param name="rowsRowMajor">The feature vectors, one after the other.</param>
    /// <param name="labels">One label a row.</param>
    /// <param name="groups">Groups of features to shuffle together.</param>
    /// <param name="repeats">Shuffles of each group; 1 or more.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static IReadOnlyList<GroupImportance> Compute(
        Predictor predictor,
        ReadOnlySpan<double> rowsRowMajor,
        ReadOnlySpan<double> labels,
        IReadOnlyList<FeatureGroup> groups,
        int repeats = 10,
        int seed = 42,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        if (labels.Length == 0 || rowsRowMajor.Length != (long)labels.Length * predictor.FeatureCount)
        {
            throw new ArgumentException($"{rowsRowMajor.Length} values are not {labels.Length} rows of {predictor.FeatureCount}.", nameof(rowsRowMajor));
        }

        foreach (var group in groups)
        {
            if (group.Features.Count == 0 || group.Features.Any(feature => feature < 0 || feature >= predictor.FeatureCount))
            {
                throw new ArgumentException($"Group {group.Name} must name features from 0 to {predictor.FeatureCount - 1}.", nameof(groups));
            }
        }

        var predictions = new double[labels.Length];
        predictor.PredictBatch(rowsRowMajor, predictions);
        var error = MeanAbsoluteError(predictions, labels);
        var shuffled = rowsRowMajor.ToArray();
        var results = new List<GroupImportance>(groups.Count);
        for (var index = 0; index < groups.Count; index++)
        {
            // A seed a group, so that a group's numbers do not depend on which others are asked for before it.
            var random = new SplitMix64((((ulong)(uint)seed) << 32) | (uint)groups[index].Features[0]);
            var growth = new double[repeats];
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Shuffle(rowsRowMajor, shuffled, groups[index], predictor.FeatureCount, ref random);
                predictor.PredictBatch(shuffled, predictions);
                growth[repeat] = MeanAbsoluteError(predictions, labels) - error;
            }

            Restore(rowsRowMajor, shuffled, groups[index], predictor.FeatureCount);
            results.Add(Summarize(groups[index].Name, growth));
        }

        return results;
    }

    /// <summary>One group for each feature of a model.</summary>
    public static IReadOnlyList<FeatureGroup> EachFeature(TreeEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        return [.. ensemble.FeatureNames.Select((name, feature) => new FeatureGroup(name, [feature]))];
    }

    private static GroupImportance Summarize(string name, double[] growth)
    {
        var mean = growth.Average();
        var squares = growth.Sum(value => (value - mean) * (value - mean));
        return new GroupImportance(name, mean, growth.Length > 1 ? Math.Sqrt(squares / (growth.Length - 1)) : 0);
    }

    private static void Shuffle(ReadOnlySpan<double> rows, double[] shuffled, FeatureGroup group, int width, ref SplitMix64 random)
    {
        var order = new int[rows.Length / width];
        for (var i = 0; i < order.Length; i++)
        {
            var other = random.Next(i + 1);
            order[i] = order[other];
            order[other] = i;
        }

        for (var row = 0; row < order.Length; row++)
        {
            foreach (var feature in group.Features)
            {
                shuffled[(row * width) + feature] = rows[(order[row] * width) + feature];
            }
        }
    }

    private static void Restore(ReadOnlySpan<double> rows, double[] shuffled, FeatureGroup group, int width)
    {
        for (var at = 0; at < rows.Length; at += width)
        {
            foreach (var feature in group.Features)
            {
                shuffled[at + feature] = rows[at + feature];
            }
        }
    }

    private static double MeanAbsoluteError(ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels)
    {
        double sum = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            sum += Math.Abs(predictions[row] - labels[row]);
        }

        return sum / labels.Length;
    }
}
