using YamlDotNet.RepresentationModel;

namespace RateLimitSuite.Observability.Tests;

/// <summary>Rules, thresholds and configuration, as Prometheus' own tools read them.</summary>
public sealed class RuleTests
{
    [ProgramFact("promtool")]
    public async Task Configuration_AndItsRules_AreValid()
    {
        var (code, said) = await Deploy.RunAsync("promtool", "check", "config", Deploy.PathOf("prometheus", "prometheus.yml"));

        Assert.True(code == 0, said);
    }

    [ProgramFact("promtool")]
    public async Task Rules_CasesOfFiringAndSilence_Hold()
    {
        var (code, said) = await Deploy.RunAsync("promtool", ["test", "rules", .. Deploy.Files("prometheus/tests", "*.yml")]);

        Assert.True(code == 0, said);
    }

    [Fact]
    public void Rules_EveryAlert_HasACaseOfEach()
    {
        var alerts = Deploy.Files("prometheus/rules", "*.yml").SelectMany(file => Rules(file)).Select(rule => Text(rule, "alert")).OfType<string>().ToList();
        var cases = Deploy.Files("prometheus/tests", "*.yml")
            .SelectMany(file => Items(Deploy.Yaml(file), "tests"))
            .SelectMany(test => Items(test, "alert_rule_test"))
            .ToLookup(test => Text(test, "alertname")!, test => Items(test, "exp_alerts").Any());

        Assert.Equal(18, alerts.Count);
        Assert.All(alerts, alert => Assert.Equal([false, true], cases[alert].Distinct().Order()));
    }

    [Theory]
    [InlineData("suite:shap_drift_factor", "vector(1.5)")]
    [InlineData("suite:shap_spike_limit", "vector(0.8)")]
    [InlineData("suite:relative_error_limit", "vector(0.15)")]
    [InlineData("suite:violation_rate_limit", "vector(0.02)")]
    public void Thresholds_FixedNumbers_AreAsSpecified(string name, string expression)
    {
        var threshold = Rules(Deploy.PathOf("prometheus", "rules", "thresholds.yml")).Single(rule => Text(rule, "record") == name);

        Assert.Equal(expression, Text(threshold, "expr"));
    }

    [Theory]
    [InlineData("SHAPFeatureDrift", "5m")]
    [InlineData("SHAPSpikeDetected", "3m")]
    public void Rules_ShapAlerts_WaitAsSpecifiedAndAreCritical(string alert, string wait)
    {
        var rule = Rules(Deploy.PathOf("prometheus", "rules", "shap.yml")).Single(r => Text(r, "alert") == alert);

        Assert.Equal((wait, "critical"), (Text(rule, "for"), Text((YamlMappingNode)rule["labels"], "severity")));
    }

    [ProgramFact("amtool")]
    public async Task Alertmanager_BothConfigurations_AreValid()
    {
        var (code, said) = await Deploy.RunAsync("amtool", ["check-config", .. Deploy.Files("alertmanager", "*.yml")]);

        Assert.True(code == 0, said);
    }

    private static IEnumerable<YamlMappingNode> Rules(string file) => Items(Deploy.Yaml(file), "groups").SelectMany(group => Items(group, "rules"));

    private static IEnumerable<YamlMappingNode> Items(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var items) ? ((YamlSequenceNode)items).Cast<YamlMappingNode>() : [];

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;
}
