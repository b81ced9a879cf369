using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.MLNet;

/// <summary>A model's LightGBM text as ML.NET serves it.</summary>
internal sealed class MLNetBridge
{
    private readonly MLContext _context;

    private MLNetBridge(MLContext context, IDataView data, RegressionPredictionTransformer<LightGbmRegressionModelParameters> model) =>
        (_context, Data, Model) = (context, data, model);

    /// <summary>The hold-out.</summary>
    public IDataView Data { get; }

    /// <summary>The imported model.</summary>
    public RegressionPredictionTransformer<LightGbmRegressionModelParameters> Model { get; }

    /// <summary>Imports the model; <c>Fit</c> only parses the text.</summary>
    public static MLNetBridge Import(GateContext context)
    {
        var ml = new MLContext(context.Options.Seed);
        var data = MLNetData.Of(ml, context.Rows, context.Split.HoldoutStart, context.Rows.Count);
        using var text = new MemoryStream(context.Text, writable: false);
        return new(ml, data, ml.Regression.Trainers.LightGbm(text, nameof(MLNetRow.Features)).Fit(data));
    }

    /// <summary>ML.NET's scores of the hold-out.</summary>
    public float[] Scores() => [.. Model.Transform(Data).GetColumn<float>("Score")];

    /// <summary>ML.NET's metrics on the hold-out.</summary>
    public RegressionMetrics Evaluate() => _context.Regression.Evaluate(Model.Transform(Data), nameof(MLNetRow.Label));

    /// <summary>ML.NET's permutation importance: growth of the mean absolute error by feature.</summary>
    public double[] Importance(int repeats) =>
    [
        .. _context.Regression.PermutationFeatureImportance(Model, Data, nameof(MLNetRow.Label), permutationCount: repeats)
            .Select(statistics => statistics.MeanAbsoluteError.Mean),
    ];

    /// <summary>The model as an ML.NET .zip.</summary>
    public byte[] Save()
    {
        using var zip = new MemoryStream();
        _context.Model.Save(Model, Data.Schema, zip);
        return zip.ToArray();
    }
}
