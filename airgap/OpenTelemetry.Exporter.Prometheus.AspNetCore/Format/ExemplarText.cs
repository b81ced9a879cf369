using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>Writes the newest exemplar of a point or of a bucket behind its value, as OpenMetrics has it.</summary>
internal static class ExemplarText
{
    // OpenMetrics' own bound, of keys and values together.
    private const int MaxLabelCharacters = 128;
    private const string TraceId = "trace_id";
    private const string SpanId = "span_id";

    public static void Append(
        StringBuilder text, in MetricPoint point, bool isLong, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        if (Newest(in point, isLong, lowerBound, upperBound) is not { } exemplar)
        {
            return;
        }

        var labels = new LabelSet();
        if (exemplar.TraceId != default)
        {
            labels.AddAs(TraceId, TraceId, exemplar.TraceId.ToHexString());
        }

        if (exemplar.SpanId != default)
        {
            labels.AddAs(SpanId, SpanId, exemplar.SpanId.ToHexString());
        }

        foreach (var (key, value) in exemplar.FilteredTags)
        {
            labels.Add(key, value, TraceId, SpanId);
        }

        var number = isLong ? exemplar.LongValue.ToString(CultureInfo.InvariantCulture) : NumberText.Shortest(exemplar.DoubleValue);
        text.Append($" # {{{labels.Write(MaxLabelCharacters)}}} {number}");
        if (exemplar.Timestamp != default)
        {
            text.Append($" {UnixSeconds.Of(exemplar.Timestamp)}");
        }
    }

    private static Exemplar? Newest(in MetricPoint point, bool isLong, double lowerBound, double upperBound)
    {
        Exemplar? newest = null;
        if (point.TryGetExemplars(out var exemplars))
        {
            foreach (ref readonly var exemplar in exemplars)
            {
                var fits = isLong || IsBetween(exemplar.DoubleValue, lowerBound, upperBound);
                if (fits && (newest is not { } found || found.Timestamp <= exemplar.Timestamp))
                {
                    newest = exemplar;
                }
            }
        }

        return newest;
    }

    // Without bounds every value fits, NaN too; a bucket takes values above its lower bound up to its own.
    private static bool IsBetween(double value, double lowerBound, double upperBound) =>
        (double.IsNegativeInfinity(lowerBound) && (double.IsPositiveInfinity(upperBound) || value <= upperBound))
        || (value > lowerBound && value <= upperBound);
}
