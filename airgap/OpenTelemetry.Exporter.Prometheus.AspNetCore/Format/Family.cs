using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>The metrics that share one name, with the lines that stand above them once.</summary>
/// <param name="Name">Name of those lines.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Unit">The first unit that any of them has, spelt out; or empty.</param>
/// <param name="Help">The first description that any of them has; or empty.</param>
/// <param name="Members">Each metric with the name of its series, in order of meter and instrument.</param>
internal sealed record Family(string Name, FamilyKind Kind, string Unit, string Help, IReadOnlyList<(Metric Metric, string Series)> Members)
{
    /// <summary>Groups metrics into families, in order of their names; a name with two types is left out whole, as no reader could take it.</summary>
    public static IEnumerable<Family> Group(IEnumerable<Metric> metrics, ExpositionFormat format, bool withoutTotal) => metrics
        .Select(metric => (Metric: metric, Kind: FamilyKinds.Of(metric.MetricType), Unit: UnitName.Of(metric.Unit)))
        .Where(member => member.Kind is not null)
        .Select(member => (Member: member, Name: FamilyName.Of(member.Metric.Name, member.Unit, member.Kind!.Value, format, withoutTotal)))
        .GroupBy(named => named.Name.Metadata, named => (named.Member.Metric, named.Member.Kind!.Value, named.Member.Unit, named.Name.Series))
        .Where(same => same.DistinctBy(member => member.Value).Count() == 1)
        .OrderBy(same => same.Key, StringComparer.Ordinal)
        .Select(same => Create(same.Key, [.. same]));

    private static Family Create(string name, (Metric Metric, FamilyKind Kind, string Unit, string Series)[] members) => new(
        name,
        members[0].Kind,
        members.Select(member => member.Unit).FirstOrDefault(unit => unit.Length > 0) ?? "",
        members.Select(member => member.Metric.Description).FirstOrDefault(help => !string.IsNullOrEmpty(help)) ?? "",
        [.. members
            .OrderBy(member => member.Metric.MeterName, StringComparer.Ordinal)
            .ThenBy(member => member.Metric.Name, StringComparer.Ordinal)
            .Select(member => (member.Metric, member.Series))]);
}
