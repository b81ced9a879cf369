using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>Says in labels which meter a series comes from.</summary>
internal static class ScopeLabels
{
    private const string Prefix = "otel_scope_";
    private const string Name = Prefix + "name";
    private const string Version = Prefix + "version";
    private const string SchemaUrl = Prefix + "schema_url";

    public static LabelSet AddScope(this LabelSet labels, Metric metric)
    {
        labels.AddAs(Name, Name, metric.MeterName);
        AddUnlessEmpty(labels, Version, metric.MeterVersion);
        AddUnlessEmpty(labels, SchemaUrl, metric.MeterSchemaUrl);
        foreach (var (key, value) in metric.MeterTags ?? [])
        {
            labels.AddAs(key, LabelText.Key(Prefix + key), LabelText.Value(value), Name, Version, SchemaUrl);
        }

        return labels;
    }

    private static void AddUnlessEmpty(LabelSet labels, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            labels.AddAs(key, key, value);
        }
    }
}
