using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm;

/// <summary>The native library: finds it, checks it, and says plainly what is wrong if it cannot be used.</summary>
/// <remarks>Every other type of this assembly loads it on first use. Where it is compiled on the spot, it may appear minutes after
/// the process started: a failed attempt is not remembered, so asking again later works.</remarks>
public static class LightGbmLibrary
{
    // Oldest first: what a library of another version is most likely to lack.
    private static readonly string[] RequiredExports =
    [
        "LGBM_GetLastError", "LGBM_RegisterLogCallback", "LGBM_DatasetCreateFromMat", "LGBM_DatasetSetField", "LGBM_BoosterCreate",
        "LGBM_BoosterRefit", "LGBM_BoosterMerge", "LGBM_BoosterPredictForMat", "LGBM_BoosterPredictForMatSingleRowFast",
    ];

    private static readonly Lock Gate = new();
    private static nint _handle;

    static LightGbmLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(LightGbmLibrary).Assembly, (name, _, _) => name == NativeMethods.Library ? LoadHandle() : 0);
    }

    /// <summary>Loads the library if that has not happened yet.</summary>
    /// <exception cref="LightGbmException">It is missing, of the wrong kind or too old; the message says where it was looked for and
    /// what to do.</exception>
    public static void Load() => LoadHandle();

    /// <summary>Loads the library if that has not happened yet and it is there.</summary>
    /// <param name="problem">What is wrong, where it was looked for and what to do; null if nothing is wrong.</param>
    public static bool TryLoad([NotNullWhen(false)] out string? problem)
    {
        try
        {
            LoadHandle();
            problem = null;
            return true;
        }
        catch (LightGbmException e)
        {
            problem = e.Message;
            return false;
        }
    }

    /// <summary>Caps LightGBM's threads in this process, where it can: LightGBM 4.3 and later.</summary>
    /// <param name="threads">Threads at most; 0: as many as OpenMP says.</param>
    /// <returns>False if this library is older; then only the parameter <c>num_threads</c> of each call caps them.</returns>
    /// <exception cref="LightGbmException">The library cannot be loaded.</exception>
    public static bool TrySetMaxThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (!NativeLibrary.TryGetExport(LoadHandle(), "LGBM_SetMaxThreads", out _))
        {
            return false;
        }

        NativeMethods.Check(NativeMethods.SetMaxThreads(threads));
        return true;
    }

    private static nint LoadHandle()
    {
        lock (Gate)
        {
            if (_handle == 0)
            {
                OpenMp.WaitPassively();
                var handle = LibraryFile.Open();
                Check(handle);
                _handle = handle;
            }

            return _handle;
        }
    }

    private static void Check(nint handle)
    {
        foreach (var export in RequiredExports)
        {
            if (!NativeLibrary.TryGetExport(handle, export, out _))
            {
                NativeLibrary.Free(handle);
                throw new LightGbmException($"{LibraryFile.Name} was found but lacks {export}: it is not LightGBM 4.0 or later.");
            }
        }
    }
}
