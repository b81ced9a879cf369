using Microsoft.ML;
using Microsoft.ML.Data;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.MLNet;

/// <summary>Rows as ML.NET's data views.</summary>
internal static class MLNetData
{
    /// <summary>The rows of a training.</summary>
    public static IDataView Of(MLContext context, TrainingJob job) => Load(context, job.Schema.Count, Enumerable.Range(0, job.Rows).Select(row => new MLNetRow
    {
        Label = job.Labels[row],
        Weight = job.Weights[row],
        Features = [.. Enumerable.Range(0, job.Schema.Count).Select(feature => (float)job.Columns[feature * job.Rows + row])],
    }));

    /// <summary>Rows from..to-1, unweighted.</summary>
    public static IDataView Of(MLContext context, MetricsRows rows, int from, int to) =>
        Load(context, rows.Schema.Count, Enumerable.Range(from, to - from).Select(row => new MLNetRow
        {
            Label = (float)rows.Label[row],
            Weight = 1,
            Features = [.. rows.Features.Select(column => (float)column[row])],
        }));

    // The number of features is the schema's, so it cannot stand in an attribute.
    private static IDataView Load(MLContext context, int features, IEnumerable<MLNetRow> rows)
    {
        var definition = SchemaDefinition.Create(typeof(MLNetRow));
        definition[nameof(MLNetRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        return context.Data.LoadFromEnumerable(rows.ToArray(), definition);
    }
}
