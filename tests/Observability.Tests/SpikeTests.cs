using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Observability.Tests;

/// <summary>A real Prometheus scrapes a running Explainer, and its rules fire.</summary>
public sealed partial class SpikeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly WebApplicationFactory<Program> _explainer = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
    {
        host.UseSetting("Suite:Key", "only-for-these-tests-and-no-secret-at-all");
        host.UseSetting("ConnectionStrings:suite", postgres.ConnectionString);
        host.UseSetting("ConnectionStrings:broker", "127.0.0.1:2");
        host.UseSetting("Logging:LogLevel:Default", "Error");
        host.UseSetting("HTTP_PORT", "0");
        host.UseSetting("GRPC_PORT", "0");
    });

    public void Dispose() => _explainer.Dispose();

    [ProgramFact("prometheus")]
    public async Task Spike_OfTheMagnitude_FiresItsAlertAndNoOther()
    {
        await using var prometheus = Start();
        await prometheus.UntilAsync("/api/v1/query?query=up", data => Value(data) == 1);
        var metrics = _explainer.Services.GetRequiredService<ExplainerMetrics>();
        using var stop = new CancellationTokenSource();
        var explaining = ExplainAsync(metrics, stop.Token);

        // There is no Limiter here, so its absence is the only other thing to say.
        string[] expected = ["LimiterDown", "SHAPSpikeDetected"];
        var alerts = await prometheus.UntilAsync(
            "/api/v1/alerts", data => Firing(data).Order().SequenceEqual(expected) && Description(Spike(data)).Contains("ip_reputation 18", StringComparison.Ordinal));
        await stop.CancelAsync();
        await explaining;

        var labels = Spike(alerts).GetProperty("labels");
        Assert.Equal(("spiky", "critical"), (labels.GetProperty("model_version").GetString(), labels.GetProperty("severity").GetString()));
    }

    [ProgramFact("prometheus")]
    public async Task Rules_AndDashboard_AreUnderstood()
    {
        await using var prometheus = Start();
        await prometheus.UntilAsync("/api/v1/query?query=suite:shap_spike_limit", data => Value(data) == 0.8);

        var rules = await prometheus.UntilAsync("/api/v1/rules", data => AllRules(data).All(rule => rule.GetProperty("health").GetString() == "ok"));
        Assert.True(AllRules(rules).Count() > 20);
        foreach (var query in DashboardQueries())
        {
            Assert.Equal("success", (await prometheus.QueryAsync(query)).GetProperty("status").GetString());
        }
    }

    [ProgramFact("prometheus")]
    public async Task Names_OfExplainersMetrics_AreThoseThatRulesAndDashboardRead()
    {
        await using var prometheus = Start();
        _explainer.Services.GetRequiredService<ExplainerMetrics>().Attributed(Explained());
        _explainer.Services.GetRequiredService<ExplainerMetrics>().Explained(TimeSpan.FromMilliseconds(1));
        _explainer.Services.GetRequiredService<ExplainerMetrics>().PredictionMismatch();
        var texts = Deploy.Files("prometheus/rules", "*.yml").Append(Deploy.PathOf("grafana", "dashboards", "suite.json")).Select(File.ReadAllText);
        var read = texts.SelectMany(text => ExplainersName().Matches(text)).Select(match => match.Value).ToHashSet();
        Assert.Superset(new HashSet<string> { "shap_feature_abs", "shap_magnitude_bucket", "feature_importance", "explainer_explanations_total" }, read);

        await prometheus.UntilAsync(
            "/api/v1/label/__name__/values", data => read.IsSubsetOf(data.EnumerateArray().Select(name => name.GetString()!)));
    }

    private FastPrometheus Start()
    {
        _explainer.UseKestrel();
        _explainer.StartServer();

        // HTTP/1.1's address comes before gRPC's.
        var addresses = _explainer.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return FastPrometheus.Start("explainer", new Uri(addresses.First()).Authority);
    }

    // Σ|φ| is 18 + 6, over a base value of 20: a magnitude of 1.2.
    private static async Task ExplainAsync(ExplainerMetrics metrics, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < 20; i++)
            {
                metrics.Attributed(Explained());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }
    }

    private static ExplainedDecision Explained() => new()
    {
        RequestId = "r",
        DecidedAt = DateTimeOffset.UnixEpoch,
        ClientId = "c",
        Allowed = false,
        DecidedBy = DecidedBy.Bucket,
        Reason = DecisionReason.BucketEmpty,
        Prediction = 8,
        RefillRate = 8,
        BaseValue = 20,
        Shap = [6, 0, 0, 0, 0, -18],
        Features = [1, 2, 3, 4, 5, 0.1],
        ModelVersion = "spiky",
        Mode = "interventional",
    };

    private static List<string> Firing(JsonElement data) =>
        [.. data.GetProperty("alerts").EnumerateArray().Where(alert => alert.GetProperty("state").GetString() == "firing").Select(NameOf)];

    private static JsonElement Spike(JsonElement data) => data.GetProperty("alerts").EnumerateArray().Single(alert => NameOf(alert) == "SHAPSpikeDetected");

    private static string Description(JsonElement alert) => alert.GetProperty("annotations").GetProperty("description").GetString()!;

    private static string NameOf(JsonElement alert) => alert.GetProperty("labels").GetProperty("alertname").GetString()!;

    private static double? Value(JsonElement data) => data.GetProperty("result") is { } result && result.GetArrayLength() == 1
        ? double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)
        : null;

    private static IEnumerable<JsonElement> AllRules(JsonElement data) =>
        data.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray());

    private static List<string> DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllBytes(Deploy.PathOf("grafana", "dashboards", "suite.json")));
        var queries = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal))
            .ToList();
        Assert.True(queries.Count > 15);
        return queries;
    }

    [GeneratedRegex(@"\b(shap_(feature_(value|abs)|magnitude_(bucket|count))|feature_importance|explainer_\w+)\b(?!:)")]
    private static partial Regex ExplainersName();
}
