using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm;

/// <summary>Predicts one row at a time by LightGBM's quickest way. Make one for each thread: calls wait for one another.</summary>
public sealed class SingleRowPredictor : IDisposable
{
    private readonly FastConfigHandle _handle;
    private readonly int _features;

    internal SingleRowPredictor(FastConfigHandle handle, int features, int length)
    {
        _handle = handle;
        _features = features;
        Length = length;
    }

    /// <summary>How many values one prediction has.</summary>
    public int Length { get; }

    /// <summary>Predicts one row.</summary>
    /// <param name="row">The feature vector.</param>
    /// <param name="results">Receives <see cref="Length"/> values.</param>
    /// <exception cref="ArgumentException">A span has the wrong length: LightGBM would read or write beyond it.</exception>
    public unsafe void Predict(ReadOnlySpan<double> row, Span<double> results)
    {
        if (row.Length != _features || results.Length < Length)
        {
            throw new ArgumentException($"A row has {_features} features and {Length} results, not {row.Length} and {results.Length}.");
        }

        fixed (double* data = row)
        fixed (double* start = results)
        {
            NativeMethods.Check(NativeMethods.PredictSingleRow(_handle, data, out _, start));
        }
    }

    /// <summary>Frees what was prepared.</summary>
    public void Dispose() => _handle.Dispose();
}
