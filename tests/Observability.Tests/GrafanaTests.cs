using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace RateLimitSuite.Observability.Tests;

/// <summary>Grafana's files, as far as they can be judged without Grafana: what its provisioning documents of their form, and every query by promtool.</summary>
public sealed partial class GrafanaTests
{
    private const int GridColumns = 24;

    private static readonly JsonElement Dashboard = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Deploy.PathOf("grafana", "dashboards", "suite.json")));

    private static IEnumerable<JsonElement> Panels => Dashboard.GetProperty("panels").EnumerateArray();

    private static IEnumerable<JsonElement> Targets => Panels.Where(p => p.TryGetProperty("targets", out _)).SelectMany(p => p.GetProperty("targets").EnumerateArray());

    [Fact]
    public void Dashboard_Form_IsWhatProvisioningTakes()
    {
        Assert.Matches("^[a-zA-Z0-9_-]{1,40}$", Dashboard.GetProperty("uid").GetString());   // Grafana's own rule for a uid.
        Assert.NotEqual("", Dashboard.GetProperty("title").GetString());
        Assert.False(Dashboard.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number, "A provisioned dashboard must not bring a database id.");
        Assert.InRange(Dashboard.GetProperty("schemaVersion").GetInt32(), 36, 41);   // Panels with datasource objects; what Grafana 9 to 12 read.
        Assert.Equal(Panels.Count(), Panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(Panels, panel => Assert.Contains(panel.GetProperty("type").GetString(), new[] { "timeseries", "bargauge", "text", "alertlist" }));
        Assert.All(Panels.Where(p => p.TryGetProperty("targets", out _)), panel =>
        {
            var references = panel.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("refId").GetString()).ToList();
            Assert.Equal(references.Count, references.Distinct().Count());
        });
    }

    [Fact]
    public void Dashboard_Panels_LieOnTheGridWithoutOverlap()
    {
        var places = Panels.Select(p => p.GetProperty("gridPos")).Select(g => (X: g.GetProperty("x").GetInt32(), Y: g.GetProperty("y").GetInt32(), W: g.GetProperty("w").GetInt32(), H: g.GetProperty("h").GetInt32())).ToList();

        Assert.All(places, p => Assert.True(p is { X: >= 0, Y: >= 0, W: > 0, H: > 0 } && p.X + p.W <= GridColumns, $"{p}"));
        for (var i = 0; i < places.Count; i++)
        {
            Assert.DoesNotContain(places.Skip(i + 1), other => Overlap(places[i], other));
        }

        static bool Overlap((int X, int Y, int W, int H) a, (int X, int Y, int W, int H) b) =>
            a.X < b.X + b.W && b.X < a.X + a.W && a.Y < b.Y + b.H && b.Y < a.Y + a.H;
    }

    [Fact]
    public void Dashboard_DatasourceAndVariables_AreThoseThatAreProvisioned()
    {
        var provisioned = ((YamlSequenceNode)Deploy.Yaml(Deploy.PathOf("grafana", "provisioning", "datasources", "prometheus.yml"))["datasources"])
            .Cast<YamlMappingNode>().Select(d => ((YamlScalarNode)d["uid"]).Value).ToHashSet();
        var used = Panels.Where(p => p.TryGetProperty("datasource", out var source) && source.ValueKind == JsonValueKind.Object)
            .Select(p => p.GetProperty("datasource").GetProperty("uid").GetString()).ToHashSet();
        Assert.Subset(provisioned, used);

        var declared = Dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!).Append("__rate_interval").ToHashSet();
        var named = Variable().Matches(JsonSerializer.Serialize(Dashboard)).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(named);
        Assert.Subset(declared, named);

        var provider = (YamlMappingNode)((YamlSequenceNode)Deploy.Yaml(Deploy.PathOf("grafana", "provisioning", "dashboards", "suite.yml"))["providers"])[0];
        Assert.Equal("file", ((YamlScalarNode)provider["type"]).Value);
        Assert.StartsWith("/", ((YamlScalarNode)provider["options"]["path"]).Value, StringComparison.Ordinal);
    }

    [ProgramFact("promtool")]
    public async Task Dashboard_EveryQuery_IsPromQl()
    {
        var queries = Targets.Select(t => t.GetProperty("expr").GetString()!)
            .Concat(Dashboard.GetProperty("annotations").GetProperty("list").EnumerateArray().Select(a => a.GetProperty("expr").GetString()!)).ToList();
        Assert.True(queries.Count > 15);
        var rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (var i = 0; i < queries.Count; i++)
        {
            rules.Append(CultureInfo.InvariantCulture, $"      - record: panel:{i}\n        expr: {JsonSerializer.Serialize(queries[i].Replace("$__rate_interval", "1m", StringComparison.Ordinal))}\n");
        }

        var file = Path.Combine(Directory.CreateTempSubdirectory("grafana-queries-").FullName, "rules.yml");
        await File.WriteAllTextAsync(file, rules.ToString());
        var (code, said) = await Deploy.RunAsync("promtool", "check", "rules", file);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

        Assert.True(code == 0, said);
        Assert.Contains($"{queries.Count} rules found", said, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\$\{?([a-zA-Z_]\w*)\}?")]
    private static partial Regex Variable();
}
