using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>The columns of <c>claw_metrics</c>.</summary>
internal static class ClawMetrics
{
    // Features of schema v1 that have columns of their own in the fixed part of the table; further ones follow at its end.
    private const int FixedFeatures = 6;

    /// <summary>The columns under a feature schema.</summary>
    public static IReadOnlyList<MetricColumn<MetricRow>> Columns(FeatureSchema schema) =>
    [
        Of("request_ts", "timestamptz", row => row.Start),
        .. schema.Names.Select((name, i) => Of(name, "double precision", row => Feature(row, schema, i))),
        Of("actual_refill_rate", "double precision", row => row.Label?.Rate),
        Of("client_id", "text", row => row.Sample.ClientId),
        Of("policy", "text", row => row.Sample.Policy),
        Of("backend", "text", row => row.Backend),
        Of("decisions", "bigint", row => row.Decisions),
        Of("denied", "bigint", row => row.Denied),
        Of("wrongly_throttled", "bigint", row => row.WronglyThrottled),
        Of("over_admitted", "double precision", row => row.OverAdmitted),
        Of("predicted_refill_rate", "double precision", row => row.Sample.HasPrediction ? row.Sample.Prediction : (double?)null),
        Of("refill_rate", "double precision", row => row.Sample.RefillRate),
        Of("y_lo", "double precision", row => row.Label?.Lower),
        Of("y_hi", "double precision", row => row.Label?.Upper),
        Of("label_quality", "double precision", row => row.Label?.Quality ?? 0),
        Of("limited", "boolean", row => row.Limited),
        Of("probes", "bigint", row => row.Probes),
        Of("probes_ok", "bigint", row => row.ProbesOk),
        Of("propensity", "double precision", row => row.Sample.Propensity),
        Of("arm", "text", row => row.Sample.Arm.Word()),
        Of("model_version", "text", row => row.Sample.ModelVersion),
        Of("schema_hash", "text", row => row.SchemaHash),
    ];

    /// <summary>Adds a column for each feature that the deployment appended to schema v1.</summary>
    public static string AddFeatureColumns(FeatureSchema schema) => string.Concat(schema.Features.Skip(FixedFeatures)
        .Select(f => FormattableString.Invariant(
            $"ALTER TABLE claw_metrics ADD COLUMN IF NOT EXISTS {f.Name} double precision NOT NULL DEFAULT {f.Default:R};")));

    private static MetricColumn<MetricRow> Of<TValue>(string name, string sqlType, Func<MetricRow, TValue> read) =>
        MetricColumn<MetricRow>.Of(name, sqlType, read);

    private static double Feature(MetricRow row, FeatureSchema schema, int index) =>
        index < row.Sample.Features.Count ? row.Sample.Features[index] : schema.Features[index].Default;
}
