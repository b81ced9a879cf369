using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm;

public sealed partial class Booster
{
    private const int LeafChunkRows = 16_384;

    private static readonly LightGbmParameters NoParameters = [];

    /// <summary>Predicts every row.</summary>
    /// <param name="features">The rows; as many columns as the model has features.</param>
    /// <param name="kind">What to compute.</param>
    /// <param name="parameters">Parameters of the prediction, as <c>num_threads</c>; null: LightGBM's defaults.</param>
    /// <returns>Row after row, <see cref="GetPredictionLength"/> values each.</returns>
    public double[] Predict(FeatureMatrix features, PredictionKind kind = PredictionKind.Normal, LightGbmParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        var results = new double[checked(features.Rows * GetPredictionLength(kind))];
        Predict(features, kind, results, parameters);
        return results;
    }

    /// <summary>Predicts every row into memory of the caller.</summary>
    /// <exception cref="ArgumentException"><paramref name="results"/> is too short.</exception>
    public unsafe void Predict(FeatureMatrix features, PredictionKind kind, Span<double> results, LightGbmParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        var length = features.Rows * (long)GetPredictionLength(kind);
        if (results.Length < length)
        {
            throw new ArgumentException($"results has room for {results.Length} values; the prediction has {length}.", nameof(results));
        }

        fixed (double* data = features.Values.Span)
        fixed (double* start = results)
        {
            NativeMethods.Check(NativeMethods.BoosterPredictForMatrix(
                _handle, data, NativeMethods.Float64, features.Rows, features.Columns, features.IsRowMajor ? 1 : 0, (int)kind, 0, 0,
                (parameters ?? NoParameters).ToString(), out _, start));
        }
    }

    /// <summary>For every row, the index of its leaf in each tree.</summary>
    /// <returns>Row after row, <see cref="Trees"/> indices each.</returns>
    public int[] PredictLeaves(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var trees = GetPredictionLength(PredictionKind.Leaf);
        var leaves = new int[checked(features.Rows * trees)];
        var done = 0;
        foreach (var chunk in features.InChunks(LeafChunkRows))
        {
            // LightGBM writes doubles, twice the size of the indices: only a part of them at a time.
            foreach (var leaf in Predict(chunk, PredictionKind.Leaf))
            {
                leaves[done++] = (int)leaf;
            }
        }

        return leaves;
    }

    /// <summary>Prepares predictions of one row at a time, which spares each call LightGBM's set-up.</summary>
    public SingleRowPredictor CreateSingleRowPredictor(PredictionKind kind = PredictionKind.Normal)
    {
        var parameters = new LightGbmParameters { { "num_threads", 1 } };
        NativeMethods.Check(NativeMethods.BoosterPrepareSingleRow(
            _handle, (int)kind, 0, 0, NativeMethods.Float64, Features, parameters.ToString(), out var config));
        config.KeepAlive(_handle);
        return new SingleRowPredictor(config, Features, GetPredictionLength(kind));
    }

    /// <summary>How many values one row gets: 1 (× classes), for leaves the trees, for contributions the features and the base value.</summary>
    public int GetPredictionLength(PredictionKind kind)
    {
        NativeMethods.Check(NativeMethods.BoosterCalculatePredictionLength(_handle, 1, (int)kind, 0, 0, out var length));
        return checked((int)length);
    }
}
