using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter;

/// <summary>Writes one scrape's answer.</summary>
/// <remarks>OpenMetrics differs from the plain text format in the names of counters, in UNIT lines, in the numbers of bucket bounds, and by
/// exemplars, the times of creation and the mark at the end.</remarks>
internal sealed class ExpositionWriter(ExpositionFormat format, PrometheusAspNetCoreOptions options, Resource resource)
{
    private const string BoundLabel = "le";

    private readonly StringBuilder _text = new();
    private readonly List<KeyValuePair<string, object>> _constantLabels =
        options.ResourceConstantLabels is { } isWanted ? [.. resource.Attributes.Where(attribute => isWanted(attribute.Key))] : [];

    /// <summary>The answer in UTF-8, or null where it would be larger than the options allow.</summary>
    public byte[]? Write(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch)
        {
            metrics.Add(metric);
        }

        if (options.TargetInfoEnabled)
        {
            WriteTargetInfo();
        }

        foreach (var family in Family.Group(metrics, format, options.DisableTotalNameSuffixForCounters))
        {
            WriteFamily(family);
            if (_text.Length > options.MaxScrapeResponseSizeBytes)
            {
                return null;
            }
        }

        _text.Append(format.IsOpenMetrics ? "# EOF\n" : "");
        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        return bytes.Length <= options.MaxScrapeResponseSizeBytes ? bytes : null;
    }

    private void WriteTargetInfo()
    {
        var labels = new LabelSet();
        foreach (var (key, value) in resource.Attributes)
        {
            labels.Add(key, value);
        }

        if (labels.Write() is { Length: > 0 } attributes)
        {
            var (name, type) = format.IsOpenMetrics ? ("target", "info") : ("target_info", "gauge");
            _text.Append($"# TYPE {name} {type}\n# HELP {name} Target metadata\ntarget_info{{{attributes}}} 1\n");
        }
    }

    private void WriteFamily(Family family)
    {
        _text.Append($"# TYPE {family.Name} {family.Kind.Word()}\n");
        if (format.IsOpenMetrics && family.Unit.Length > 0)
        {
            _text.Append($"# UNIT {family.Name} {family.Unit}\n");
        }

        if (family.Help.Length > 0)
        {
            _text.Append($"# HELP {family.Name} ").AppendEscaped(family.Help, quotes: format.IsOpenMetrics).Append('\n');
        }

        foreach (var (metric, series) in family.Members)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (family.Kind == FamilyKind.Histogram)
                {
                    WriteHistogram(family.Name, metric, in point);
                }
                else
                {
                    WriteNumber(family, series, metric, in point);
                }
            }
        }
    }

    private void WriteNumber(Family family, string series, Metric metric, in MetricPoint point)
    {
        var isLong = metric.MetricType.IsLong();
        var value = (metric.MetricType.IsSum(), isLong) switch
        {
            (true, true) => Text(point.GetSumLong()),
            (true, false) => NumberText.Shortest(point.GetSumDouble()),
            (false, true) => Text(point.GetGaugeLastValueLong()),
            (false, false) => NumberText.Shortest(point.GetGaugeLastValueDouble()),
        };
        var labels = LabelsOf(metric, in point);
        _text.Append($"{series}{{{labels}}} {value}");
        var isOpenCounter = format.IsOpenMetrics && family.Kind == FamilyKind.Counter;
        if (isOpenCounter)
        {
            ExemplarText.Append(_text, in point, isLong);
        }

        _text.Append('\n');
        if (isOpenCounter)
        {
            WriteCreated(family.Name, labels, in point);
        }
    }

    private void WriteHistogram(string name, Metric metric, in MetricPoint point)
    {
        var labels = LabelsOf(metric, in point, BoundLabel);
        var before = labels.Length > 0 ? $"{labels}," : "";
        var count = 0L;
        var lower = double.NegativeInfinity;
        var hasNegativeBound = false;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            hasNegativeBound |= bucket.ExplicitBound < 0;
            var bound = format.IsOpenMetrics ? NumberText.Canonical(bucket.ExplicitBound) : NumberText.Shortest(bucket.ExplicitBound);
            _text.Append($"{name}_bucket{{{before}{BoundLabel}=\"{bound}\"}} {Text(count)}");
            if (format.IsOpenMetrics)
            {
                ExemplarText.Append(_text, in point, isLong: false, lower, bucket.ExplicitBound);
            }

            _text.Append('\n');
            lower = bucket.ExplicitBound;
        }

        // OpenMetrics forbids a sum that could fall, and with it the count.
        if (!format.IsOpenMetrics || !hasNegativeBound)
        {
            _text.Append($"{name}_sum{{{labels}}} {NumberText.Shortest(point.GetHistogramSum())}\n");
            _text.Append($"{name}_count{{{labels}}} {Text(point.GetHistogramCount())}\n");
        }

        if (format.IsOpenMetrics)
        {
            WriteCreated(name, labels, in point);
        }
    }

    private void WriteCreated(string name, string labels, in MetricPoint point) =>
        _text.Append($"{name}_created{{{labels}}} {UnixSeconds.Of(point.StartTime)}\n");

    private string LabelsOf(Metric metric, in MetricPoint point, params ReadOnlySpan<string> reserved)
    {
        var labels = new LabelSet();
        if (options.ScopeInfoEnabled)
        {
            labels.AddScope(metric);
        }

        foreach (var (key, value) in point.Tags)
        {
            labels.Add(key, value, reserved);
        }

        foreach (var (key, value) in _constantLabels)
        {
            labels.Add(key, value, reserved);
        }

        return labels.Write();
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
