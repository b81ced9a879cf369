using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Audit.Tests.Agents;

/// <summary>An agent reads the evidence, tightens a subnet for an hour, and leaves its reasons in the audit log.</summary>
public sealed class AgentStoryTests(AgentSuite suite) : IClassFixture<AgentSuite>
{
    private const string Bad = "10.9.8.0/24";

    [Fact]
    public async Task Agent_ReputationSurgesInOneSubnet_TightensItAndLeavesItsEvidence()
    {
        for (var i = 0; i < 10; i++)
        {
            await suite.ExplainedAsync($"bad-{i}", Bad, reputation: 0.05, phi: -14 - i);
            await suite.ExplainedAsync($"good-{i}", "10.1.2.0/24", reputation: 0.9, phi: 1);
        }

        await using var agent = await suite.AgentAsync(SuiteRoles.Operator);

        // It sees where ip_reputation takes rate away, and on which decisions that shows most.
        var seen = await CallAsync(agent, "query_explanations", new() { ["feature"] = "ip_reputation", ["sign"] = -1, ["page_size"] = 3 });
        var subnet = seen.GetProperty("subnets").EnumerateArray().MinBy(s => s.GetProperty("mean_shap").GetProperty("ip_reputation").GetDouble()).GetProperty("subnet").GetString()!;
        var requests = seen.GetProperty("explanations").EnumerateArray().Select(e => e.GetProperty("request_id").GetString()!).ToArray();
        Assert.Equal(Bad, subnet);
        Assert.Equal(["bad-9", "bad-8", "bad-7"], requests);
        var one = await CallAsync(agent, "get_explanation", new() { ["request_id"] = requests[0] });
        Assert.Equal(-23, one.GetProperty("shap").GetProperty("ip_reputation").GetDouble());

        // It acts for an hour.
        var set = await CallAsync(agent, "set_override", new()
        {
            ["subnet"] = subnet, ["factor"] = 0.25, ["ttl_seconds"] = 3600, ["reason"] = "ip_reputation surges here", ["request_ids"] = requests,
        });
        Assert.Equal(TimeSpan.FromHours(1), set.GetProperty("expires_at").GetDateTimeOffset() - set.GetProperty("set_at").GetDateTimeOffset());

        // Clients of that subnet are limited harder from then on, and nobody else.
        Assert.Equal((2.5, 10.0), (await RefillRateAsync("10.9.8.77"), await RefillRateAsync("10.1.2.3")));   // 0.25 × the fallback of 10 tokens/s

        // The audit log has who, why, and the SHAP values.
        await using var command = suite.Database.CreateCommand("SELECT actor, reason FROM limiter_override_audit WHERE override_id = $1::text::uuid AND action = 'set'");
        command.Parameters.AddWithValue(set.GetProperty("id").GetString()!);
        await using var audit = await command.ExecuteReaderAsync();
        Assert.True(await audit.ReadAsync());
        Assert.Equal("night-watch", audit.GetString(0));
        Assert.StartsWith("ip_reputation surges here\n", audit.GetString(1), StringComparison.Ordinal);
        Assert.Contains("bad-9: ip_reputation -23", audit.GetString(1), StringComparison.Ordinal);
        Assert.Contains("bad-7: ip_reputation -21", audit.GetString(1), StringComparison.Ordinal);

        // And whoever asks later finds it there.
        var listed = await CallAsync(agent, "list_overrides", new() { ["audit"] = true });
        Assert.Contains(listed.GetProperty("audit").EnumerateArray(), entry =>
            entry.GetProperty("override").GetProperty("request_ids").EnumerateArray().Select(id => id.GetString()).SequenceEqual(requests));
        await CallAsync(agent, "remove_override", new() { ["id"] = set.GetProperty("id").GetString(), ["reason"] = "the story is over" });
        Assert.Equal(10, await RefillRateAsync("10.9.8.77"));
    }

    [Fact]
    public async Task Agent_WithoutOperatorsToken_CanOnlyRead()
    {
        await using var agent = await suite.AgentAsync(SuiteRoles.Viewer);

        var tools = await agent.ListToolsAsync();

        Assert.Equal(["get_explanation", "get_status", "list_alerts", "list_overrides", "query_explanations"], tools.Select(tool => tool.Name).Order());
        Assert.NotEqual("", (await CallAsync(agent, "get_status", [])).GetProperty("verdict").GetString());

        // Whatever the agent's side says, the suite refuses too.
        using var client = Client(SuiteRoles.Viewer);
        var answer = await client.PostAsJsonAsync("/api/v1/overrides", new { subnet = Bad, deny = true, ttl_seconds = 60, reason = "x" });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Agent_EvidenceThatIsNone_IsToldSo()
    {
        await using var agent = await suite.AgentAsync(SuiteRoles.Operator);

        var result = await agent.CallToolAsync(
            "set_override", new Dictionary<string, object?> { ["subnet"] = Bad, ["deny"] = true, ["ttl_seconds"] = 60, ["reason"] = "made up", ["request_ids"] = new[] { "never-was" } });

        Assert.True(result.IsError);
        Assert.Contains("never-was", Text(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"subnet":"10.0.0.0/8","ttl_seconds":60,"reason":"x"}""", "factor")]
    [InlineData("""{"deny":true,"ttl_seconds":60,"reason":"x"}""", "client_id")]
    [InlineData("""{"subnet":"10.0.0.0/8","deny":true,"ttl_seconds":60,"reason":""}""", "reason")]
    [InlineData("""{"subnet":"over there","deny":true,"ttl_seconds":60,"reason":"x"}""", "subnet")]
    [InlineData("""{"client_id":"c","deny":true,"ttl_seconds":0,"reason":"x"}""", "ttl")]
    public async Task Api_BadOverride_IsToldWhatIsWrong(string body, string names)
    {
        using var client = Client(SuiteRoles.Operator);

        var answer = await client.PostAsync(new Uri("/api/v1/overrides", UriKind.Relative), new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(names, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_Description_HasEveryPath()
    {
        using var client = Client(SuiteRoles.Viewer);

        var paths = (await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/openapi.json", UriKind.Relative))).GetProperty("paths");

        Assert.Equal(
            [
                "/api/v1/alerts", "/api/v1/explanations", "/api/v1/explanations/{id}", "/api/v1/explanations/{id}/waterfall.svg", "/api/v1/models/{version}/promote",
                "/api/v1/overrides", "/api/v1/overrides/{id}", "/api/v1/status",
            ],
            paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Api_NoToken_IsRefused()
    {
        using var client = new HttpClient { BaseAddress = suite.Dashboard.Http };

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/api/v1/status", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.DeleteAsync(new Uri("/api/v1/overrides/x?reason=y", UriKind.Relative))).StatusCode);
    }

    private async Task<double> RefillRateAsync(string clientIp)
    {
        using var client = new HttpClient { BaseAddress = suite.Limiter.Http };
        var answer = await client.PostAsJsonAsync("/decide", new { id = $"client of {clientIp}", client_ip = clientIp, features = new[] { 1.0, 0.1, 0.1, 12 } });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refill_rate").GetDouble();
    }

    private HttpClient Client(string role)
    {
        var client = new HttpClient { BaseAddress = suite.Dashboard.Http };
        var tokens = new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = ServiceProcess.Key }), TimeProvider.System);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Issue("tester", role));
        return client;
    }

    private static async Task<JsonElement> CallAsync(McpClient agent, string tool, Dictionary<string, object?> arguments)
    {
        var result = await agent.CallToolAsync(tool, arguments);
        Assert.True(result.IsError is not true, Text(result));
        return JsonSerializer.Deserialize<JsonElement>(Text(result));
    }

    private static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
}
