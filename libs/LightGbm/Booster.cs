using System.Text;
using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm;

/// <summary>A LightGBM model, in training or loaded.</summary>
/// <remarks>Predictions may run on many threads at once; training, refitting and disposing need the booster for themselves.</remarks>
public sealed partial class Booster : IDisposable
{
    private readonly BoosterHandle _handle;

    private Booster(BoosterHandle handle)
    {
        _handle = handle;
        NativeMethods.Check(NativeMethods.BoosterGetNumFeature(handle, out var features));
        NativeMethods.Check(NativeMethods.BoosterGetNumClasses(handle, out var classes));
        Features = features;
        Classes = classes;
    }

    /// <summary>How many features a row has.</summary>
    public int Features { get; }

    /// <summary>How many predictions a row has: 1 but for multi-class objectives.</summary>
    public int Classes { get; }

    /// <summary>How many iterations have been trained or loaded.</summary>
    public int Iterations
    {
        get
        {
            NativeMethods.Check(NativeMethods.BoosterGetCurrentIteration(_handle, out var iteration));
            return iteration;
        }
    }

    /// <summary>How many trees: iterations × classes.</summary>
    public int Trees
    {
        get
        {
            NativeMethods.Check(NativeMethods.BoosterNumberOfTotalModel(_handle, out var trees));
            return trees;
        }
    }

    /// <summary>Starts a training; <see cref="Update"/> does the work.</summary>
    /// <exception cref="LightGbmException">A parameter is refused.</exception>
    public static Booster Create(Dataset training, LightGbmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(parameters);
        NativeLog.RegisterThread();
        NativeMethods.Check(NativeMethods.BoosterCreate(training.Handle, parameters.ToString(), out var handle));
        handle.KeepAlive(training.Handle);
        return new Booster(handle);
    }

    /// <summary>Loads a model from LightGBM's text form.</summary>
    /// <exception cref="LightGbmException">The text is not a model.</exception>
    public static Booster Load(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        NativeLog.RegisterThread();
        NativeMethods.Check(NativeMethods.BoosterLoadModelFromString(model, out _, out var handle));
        return new Booster(handle);
    }

    /// <summary>Writes the model in LightGBM's text form, every number with as many digits as it needs.</summary>
    /// <param name="iterations">Only the first so many iterations; 0: all.</param>
    public unsafe string Save(int iterations = 0)
    {
        NativeMethods.Check(NativeMethods.BoosterSaveModelToString(_handle, 0, iterations, 0, 0, out var length, null));
        while (true)
        {
            var text = new byte[length];   // The length counts the terminating zero.
            fixed (byte* start = text)
            {
                NativeMethods.Check(NativeMethods.BoosterSaveModelToString(_handle, 0, iterations, 0, text.Length, out length, start));
            }

            if (length <= text.Length)
            {
                return Encoding.UTF8.GetString(text, 0, (int)length - 1);
            }
        }
    }

    /// <summary>The names of the features, in the order of a row, as LightGBM keeps them (white space becomes '_').</summary>
    public unsafe IReadOnlyList<string> GetFeatureNames() => NativeStrings.Read(
        Features,
        (int length, out int count, nuint bufferLength, out nuint neededLength, byte** buffers) =>
            NativeMethods.Check(NativeMethods.BoosterGetFeatureNames(_handle, length, out count, bufferLength, out neededLength, buffers)));

    /// <summary>Each feature's importance in the trees.</summary>
    public unsafe double[] GetFeatureImportance(ImportanceKind kind)
    {
        var results = new double[Features];
        fixed (double* start = results)
        {
            NativeMethods.Check(NativeMethods.BoosterFeatureImportance(_handle, 0, (int)kind, start));
        }

        return results;
    }

    /// <summary>Frees the model, once no single-row predictor needs it.</summary>
    public void Dispose() => _handle.Dispose();
}
