using System.Globalization;
using System.Runtime.InteropServices;

namespace RateLimitSuite.Benchmarks.Trees.Peers;

/// <summary>A model of native XGBoost (Debian's libxgboost0), trained and asked through its C API; only where it is installed.</summary>
internal sealed unsafe partial class Xgboost : IDisposable
{
    private const string Library = "libxgboost.so.0";
    private const int Interactions = 4;
    private const int Contributions = 2;

    private readonly nint _booster;
    private readonly nint _training;

    private Xgboost(nint booster, nint training)
    {
        _booster = booster;
        _training = training;
    }

    /// <summary>Whether the library is installed.</summary>
    public static bool IsPresent => NativeLibrary.TryLoad(Library, out _);

    /// <summary>Trains like LightGBM does: leaf-wise by histograms, one thread.</summary>
    public static Xgboost Train(double[] rows, float[] labels, int trees, int depth)
    {
        var training = Matrix(rows);
        fixed (float* label = labels)
        {
            Check(XGDMatrixSetFloatInfo(training, "label", label, (ulong)labels.Length));
        }

        Check(XGBoosterCreate(&training, 1, out var booster));
        string[] parameters =
        [
            "objective=reg:squarederror", "tree_method=hist", "grow_policy=lossguide", "max_leaves=31", "max_bin=255", "eta=0.05", "nthread=1",
            string.Create(CultureInfo.InvariantCulture, $"max_depth={depth}"),
        ];
        foreach (var parameter in parameters)
        {
            var parts = parameter.Split('=');
            Check(XGBoosterSetParam(booster, parts[0], parts[1]));
        }

        for (var tree = 0; tree < trees; tree++)
        {
            Check(XGBoosterUpdateOneIter(booster, tree, training));
        }

        return new Xgboost(booster, training);
    }

    /// <summary>Predicts rows in place, which is its fastest call for one row and for many.</summary>
    public void Predict(double[] rows, int firstRow, int count)
    {
        fixed (double* data = &rows[firstRow * SyntheticTraffic.Width])
        {
            var array = string.Create(CultureInfo.InvariantCulture,
                $$"""{"data":[{{(nint)data}},true],"shape":[{{count}},{{SyntheticTraffic.Width}}],"typestr":"<f8","version":3}""");
            const string Config = """{"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"missing":NaN,"cache_id":0}""";
            Check(XGBoosterPredictFromDense(_booster, array, Config, 0, out _, out _, out _));
        }
    }

    /// <summary>Makes a matrix for <see cref="Contribute"/> and <see cref="Interact"/>.</summary>
    public static nint Matrix(double[] rows)
    {
        var floats = Array.ConvertAll(rows, value => (float)value);
        fixed (float* data = floats)
        {
            Check(XGDMatrixCreateFromMat(data, (ulong)(rows.Length / SyntheticTraffic.Width), SyntheticTraffic.Width, float.NaN, out var matrix));
            return matrix;
        }
    }

    /// <summary>SHAP values of all rows of a matrix.</summary>
    public void Contribute(nint matrix) => PredictMatrix(matrix, Contributions);

    /// <summary>Interaction values of all rows of a matrix.</summary>
    public void Interact(nint matrix) => PredictMatrix(matrix, Interactions);

    /// <inheritdoc/>
    public void Dispose()
    {
        Check(XGBoosterFree(_booster));
        Check(XGDMatrixFree(_training));
    }

    private void PredictMatrix(nint matrix, int type)
    {
        var config = $$"""{"type":{{type}},"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false}""";
        Check(XGBoosterPredictFromDMatrix(_booster, matrix, config, out _, out _, out _));
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException("XGBoost: " + Marshal.PtrToStringUTF8(XGBGetLastError()));
        }
    }

    [LibraryImport(Library)]
    private static partial nint XGBGetLastError();

    [LibraryImport(Library)]
    private static partial int XGDMatrixCreateFromMat(float* data, ulong rows, ulong columns, float missing, out nint matrix);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int XGDMatrixSetFloatInfo(nint matrix, string field, float* values, ulong count);

    [LibraryImport(Library)]
    private static partial int XGDMatrixFree(nint matrix);

    [LibraryImport(Library)]
    private static partial int XGBoosterCreate(nint* matrices, ulong count, out nint booster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int XGBoosterSetParam(nint booster, string name, string value);

    [LibraryImport(Library)]
    private static partial int XGBoosterUpdateOneIter(nint booster, int iteration, nint training);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int XGBoosterPredictFromDense(
        nint booster, string arrayInterface, string config, nint matrix, out ulong* shape, out ulong dimensions, out float* results);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int XGBoosterPredictFromDMatrix(
        nint booster, nint matrix, string config, out ulong* shape, out ulong dimensions, out float* results);

    [LibraryImport(Library)]
    private static partial int XGBoosterFree(nint booster);
}
