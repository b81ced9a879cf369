using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>The reputation of one subnet's addresses falls; an agent sees what that does, tightens the subnet for an hour, and leaves its evidence.</summary>
[Collection(RunningSuiteCollection.Name)]
public sealed class AgentStoryTests(RunningSuite suite)
{
    private const string Subnet = "10.66.7.0/24";
    private const int Requests = 12;

    [BrowserFact]
    public async Task Agent_ReputationSurgesInOneSubnet_TightensItForAnHourWithItsEvidence()
    {
        await suite.FirstModelAsync();
        using var agent = suite.Agent(SuiteRoles.Operator);
        var model = await suite.PushModelAsync("a model that knows bad addresses");
        (await agent.PostAsJsonAsync(Api($"models/{model}/promote"), new { reason = "addresses of bad repute" })).EnsureSuccessStatusCode();
        await Eventually.TrueAsync($"a decision by {model}", async () => (await suite.DecideAsync("before the story")).ModelVersion == model);
        var since = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < Requests; i++)
        {
            await suite.DecideAsync($"bad-{i}", $"10.66.7.{i + 1}", reputation: 0.05);
        }

        // It reads where ip_reputation takes rate away, and by which decisions that shows.
        var question = Api($"explanations?feature=ip_reputation&sign=-1&page_size=3&from={Uri.EscapeDataString(since.ToString("O", CultureInfo.InvariantCulture))}");
        var seen = await Eventually.GetAsync<JsonDocument>("the subnet's explanations", async () =>
            await agent.GetFromJsonAsync<JsonDocument>(question) is { } answer && Worst(answer) == Subnet ? answer : null);
        var evidence = seen.RootElement.GetProperty("explanations").EnumerateArray().ToList();
        Assert.All(evidence, e => Assert.Equal((Subnet, ReputationModel.Bad), (e.GetProperty("subnet").GetString(), e.GetProperty("prediction").GetDouble())));
        var ids = evidence.Select(e => e.GetProperty("request_id").GetString()!).ToArray();

        // A viewer's token reads the same, and changes nothing.
        var wanted = new { subnet = Subnet, factor = 0.25, ttl_seconds = 3600, reason = "ip_reputation surges here", request_ids = ids };
        using var viewer = suite.Agent(SuiteRoles.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync(Api("overrides"), wanted)).StatusCode);

        // It acts for an hour; clients of that subnet are held harder from then on, and nobody else.
        var answer = await agent.PostAsJsonAsync(Api("overrides"), wanted);
        answer.EnsureSuccessStatusCode();
        var set = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(TimeSpan.FromHours(1), set.GetProperty("expires_at").GetDateTimeOffset() - set.GetProperty("set_at").GetDateTimeOffset());
        Assert.Equal(0.25 * ReputationModel.Bad, (await suite.DecideAsync("bad-1", "10.66.7.2", reputation: 0.05)).RefillRate);
        Assert.Equal(ReputationModel.Bad, (await suite.DecideAsync("bad elsewhere", "10.66.8.2", reputation: 0.05)).RefillRate);

        // The audit log keeps who, why and the SHAP values, as the Explainer has them; the page shows it.
        var log = await agent.GetFromJsonAsync<JsonElement>(Api("overrides?audit=true"));
        var entry = log.GetProperty("audit").EnumerateArray().Single(a => a.GetProperty("override").GetProperty("id").GetString() == set.GetProperty("id").GetString());
        Assert.Equal("night-watch", entry.GetProperty("actor").GetString());
        foreach (var explained in evidence)
        {
            var phi = explained.GetProperty("shap").GetProperty("ip_reputation").GetDouble();
            Assert.True(phi < 0);
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"{explained.GetProperty("request_id").GetString()}: ip_reputation {phi:+0.###;-0.###;0}"),
                entry.GetProperty("reason").GetString(), StringComparison.Ordinal);
        }

        var page = await suite.OpenAsync("clients");
        await Expect(page.Locator("#overrides tr", new() { HasText = Subnet })).ToContainTextAsync("× 0.25");
        await Expect(page.Locator("#audit tr", new() { HasText = Subnet }).First).ToContainTextAsync(ids[0]);
        await page.CloseAsync();

        // So that the next test finds the suite as this one did.
        (await agent.DeleteAsync(Api($"overrides/{set.GetProperty("id").GetString()}?reason=over"))).EnsureSuccessStatusCode();
        await suite.Trainer.RollbackAsync(new() { Reason = "the story is over" }, suite.Call());
    }

    private static Uri Api(string path) => new($"api/v1/{path}", UriKind.Relative);

    private static string? Worst(JsonDocument answer) => answer.RootElement.GetProperty("subnets").EnumerateArray()
        .Where(s => s.GetProperty("count").GetInt64() > 0)
        .OrderBy(s => s.GetProperty("mean_shap").GetProperty("ip_reputation").GetDouble())
        .Select(s => s.GetProperty("subnet").GetString()).FirstOrDefault();
}
