using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RateLimitSuite.LightGbm.Native;

/// <summary>The part of LightGBM's C API that is used, as declared since 4.0. Every call but the first answers 0, or -1 on failure.</summary>
internal static unsafe partial class NativeMethods
{
    public const string Library = "lib_lightgbm";

    public const int Float32 = 0;
    public const int Float64 = 1;

    /// <summary>Throws with LightGBM's message if a call failed. The message belongs to the thread: check before any await.</summary>
    public static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 0)
        {
            throw new LightGbmException($"LightGBM: {Marshal.PtrToStringUTF8(GetLastError())?.TrimEnd()} (in {call[..call.IndexOf('(', StringComparison.Ordinal)]})");
        }
    }

    [LibraryImport(Library, EntryPoint = "LGBM_GetLastError")]
    private static partial nint GetLastError();

    [LibraryImport(Library, EntryPoint = "LGBM_RegisterLogCallback")]
    public static partial int RegisterLogCallback(delegate* unmanaged[Cdecl]<byte*, void> callback);

    [LibraryImport(Library, EntryPoint = "LGBM_SetMaxThreads")]
    public static partial int SetMaxThreads(int threads);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetCreateFromMat", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DatasetCreateFromMatrix(
        double* data, int dataType, int rows, int columns, int isRowMajor, string parameters, nint reference, out DatasetHandle dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetSetField", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DatasetSetField(DatasetHandle dataset, string field, float* data, int length, int dataType);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetSetFeatureNames", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DatasetSetFeatureNames(DatasetHandle dataset, string[] names, int count);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetFree")]
    public static partial int DatasetFree(nint dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterCreate", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterCreate(DatasetHandle training, string parameters, out BoosterHandle booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterLoadModelFromString", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterLoadModelFromString(string model, out int iterations, out BoosterHandle booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterFree")]
    public static partial int BoosterFree(nint booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterAddValidData")]
    public static partial int BoosterAddValidData(BoosterHandle booster, DatasetHandle validation);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterMerge")]
    public static partial int BoosterMerge(BoosterHandle booster, BoosterHandle other);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterRefit")]
    public static partial int BoosterRefit(BoosterHandle booster, int* leafIndices, int rows, int trees);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterUpdateOneIter")]
    public static partial int BoosterUpdateOneIteration(BoosterHandle booster, out int isFinished);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterRollbackOneIter")]
    public static partial int BoosterRollbackOneIteration(BoosterHandle booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetCurrentIteration")]
    public static partial int BoosterGetCurrentIteration(BoosterHandle booster, out int iteration);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterNumberOfTotalModel")]
    public static partial int BoosterNumberOfTotalModel(BoosterHandle booster, out int trees);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetNumFeature")]
    public static partial int BoosterGetNumFeature(BoosterHandle booster, out int features);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetNumClasses")]
    public static partial int BoosterGetNumClasses(BoosterHandle booster, out int classes);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetFeatureNames")]
    public static partial int BoosterGetFeatureNames(BoosterHandle booster, int length, out int count, nuint bufferLength, out nuint neededLength, byte** names);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetEvalCounts")]
    public static partial int BoosterGetEvalCounts(BoosterHandle booster, out int count);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetEvalNames")]
    public static partial int BoosterGetEvalNames(BoosterHandle booster, int length, out int count, nuint bufferLength, out nuint neededLength, byte** names);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterGetEval")]
    public static partial int BoosterGetEval(BoosterHandle booster, int dataIndex, out int count, double* results);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterFeatureImportance")]
    public static partial int BoosterFeatureImportance(BoosterHandle booster, int iterations, int importanceType, double* results);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterSaveModelToString")]
    public static partial int BoosterSaveModelToString(
        BoosterHandle booster, int startIteration, int iterations, int importanceType, long bufferLength, out long length, byte* text);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterCalcNumPredict")]
    public static partial int BoosterCalculatePredictionLength(BoosterHandle booster, int rows, int predictType, int startIteration, int iterations, out long length);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterPredictForMat", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterPredictForMatrix(
        BoosterHandle booster, double* data, int dataType, int rows, int columns, int isRowMajor, int predictType, int startIteration, int iterations,
        string parameters, out long length, double* results);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterPredictForMatSingleRowFastInit", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BoosterPrepareSingleRow(
        BoosterHandle booster, int predictType, int startIteration, int iterations, int dataType, int columns, string parameters, out FastConfigHandle config);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterPredictForMatSingleRowFast")]
    public static partial int PredictSingleRow(FastConfigHandle config, double* row, out long length, double* results);

    [LibraryImport(Library, EntryPoint = "LGBM_FastConfigFree")]
    public static partial int FastConfigFree(nint config);
}
