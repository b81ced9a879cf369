using System.Text.RegularExpressions;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed partial class MetricNameTests(RunningSuite suite)
{
    // Counters of what does not happen in a good run are exported from the first time on, and no policy of this run lets its model be judged.
    private static readonly HashSet<string> NotOfThisRun =
        ["limiter_models_refused_total", "limiter_policies_refused_total", "limiter_drops_total", "explainer_prediction_mismatches_total", "limiter_auto_model_on"];

    [BrowserFact]
    public async Task Names_ThatRulesAndGrafanaRead_AreExportedByTheServices()
    {
        await suite.FirstModelAsync();
        await suite.DecideAsync("counted");   // A call of its own, beside the stream that traffic sends.
        var read = Files().SelectMany(file => Name().Matches(File.ReadAllText(file))).Select(match => match.Value).ToHashSet();
        Assert.True(read.Count > 20);

        List<string> missing = [];
        try
        {
            await Eventually.TrueAsync("every metric that is read", async () =>
            {
                var exported = await suite.MetricNamesAsync();
                missing = [.. read.Where(name => !exported.Contains(name) && !NotOfThisRun.Contains(name)).Order()];
                return missing.Count == 0;
            });
        }
        catch (TimeoutException)
        {
            // Said below, by name.
        }

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Files()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "RateLimitSuite.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("There is no RateLimitSuite.sln above the tests.");
        }

        var deploy = Path.Combine(root.FullName, "deploy");
        return [.. Directory.GetFiles(Path.Combine(deploy, "prometheus", "rules"), "*.yml"), Path.Combine(deploy, "grafana", "dashboards", "suite.json")];
    }

    [GeneratedRegex(@"(?<![:\w/])(limiter|drift|explainer|trainer|dashboard|shap|feature)_[a-z0-9_]+\b(?!:)")]
    private static partial Regex Name();
}
