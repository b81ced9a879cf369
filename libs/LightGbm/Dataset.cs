using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm;

/// <summary>Rows in LightGBM's own, binned form. It holds no reference to the memory it was made from.</summary>
/// <remarks>Boosters made from it keep what they need of it alive, so it may be disposed of as soon as they exist.</remarks>
public sealed class Dataset : IDisposable
{
    /// <summary>Bins the rows.</summary>
    /// <param name="rows">What to train or validate on.</param>
    /// <param name="parameters">The training's parameters; those about binning are read here, as <c>max_bin</c> or <c>categorical_feature</c>.</param>
    /// <param name="reference">For validation rows: the training rows, whose bins are then used.</param>
    /// <exception cref="LightGbmException">LightGBM refuses the rows or a parameter.</exception>
    public unsafe Dataset(TrainingRows rows, LightGbmParameters parameters, Dataset? reference = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(parameters);
        NativeLog.RegisterThread();
        Handle = Create(rows.Features, parameters.ToString(), reference?.Handle);
        try
        {
            SetField("label", rows.Labels.Span);
            if (!rows.Weights.IsEmpty)
            {
                SetField("weight", rows.Weights.Span);
            }

            if (rows.FeatureNames is { } names)
            {
                NativeMethods.Check(NativeMethods.DatasetSetFeatureNames(Handle, [.. names], names.Count));
            }
        }
        catch
        {
            Handle.Dispose();
            throw;
        }

        Rows = rows.Features.Rows;
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    internal DatasetHandle Handle { get; }

    /// <summary>Frees the rows, once no booster needs them.</summary>
    public void Dispose() => Handle.Dispose();

    private static unsafe DatasetHandle Create(FeatureMatrix features, string parameters, DatasetHandle? reference)
    {
        var added = false;
        try
        {
            reference?.DangerousAddRef(ref added);
            fixed (double* values = features.Values.Span)
            {
                NativeMethods.Check(NativeMethods.DatasetCreateFromMatrix(
                    values, NativeMethods.Float64, features.Rows, features.Columns, features.IsRowMajor ? 1 : 0, parameters,
                    reference?.DangerousGetHandle() ?? 0, out var handle));
                return handle;
            }
        }
        finally
        {
            if (added)
            {
                reference!.DangerousRelease();
            }
        }
    }

    private unsafe void SetField(string field, ReadOnlySpan<float> values)
    {
        fixed (float* data = values)
        {
            NativeMethods.Check(NativeMethods.DatasetSetField(Handle, field, data, values.Length, NativeMethods.Float32));
        }
    }
}
