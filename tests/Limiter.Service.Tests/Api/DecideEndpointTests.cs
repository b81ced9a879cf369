using System.Net;
using System.Text;
using System.Text.Json;
using RateLimitSuite.Limiter.Prediction;
using Microsoft.Extensions.DependencyInjection;

namespace RateLimitSuite.Limiter.Tests.Api;

public sealed class DecideEndpointTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    [Theory]
    [InlineData("[10, 0.1, 0.2, 13]")]
    [InlineData("[10, 0.1, 0.2, 13, 5000, 0.9]")]
    [InlineData("""{"request_volume": 10, "client_risk": 0.2}""")]
    [InlineData("null")]
    public async Task Post_AnyFormOfFeatures_AnswersAllowedAndPrediction(string features)
    {
        var (status, answer) = await PostAsync($$"""{"id": "http", "features": {{features}}}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(answer.GetProperty("allowed").ValueKind is JsonValueKind.True or JsonValueKind.False);
        Assert.True(answer.TryGetProperty("prediction", out _));
    }

    [Fact]
    public async Task Post_FirstFourFeaturesUnderTheDefaultPolicy_ReachTheModel()
    {
        host.Services.GetRequiredService<ModelHolder>().Swap(new ModelSnapshot { Champion = TestModels.Step(3, 77, "http", feature: 0, threshold: 100) });

        var (_, slow) = await PostAsync("""{"id": "volume", "features": [50, 0, 0, 0]}""");
        var (_, fast) = await PostAsync("""{"id": "volume", "features": [5000, 2.5, 0.9, 23]}""");

        Assert.Equal((3, 77), (slow.GetProperty("prediction").GetDouble(), fast.GetProperty("prediction").GetDouble()));
        Assert.Equal(77, fast.GetProperty("refill_rate").GetDouble());
        host.Services.GetRequiredService<ModelHolder>().Swap(ModelSnapshot.Empty);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "JSON")]
    [InlineData("null", "id")]
    [InlineData("{}", "id")]
    [InlineData("""{"id": ""}""", "id")]
    [InlineData("""{"id": 5}""", "id")]
    [InlineData("""{"id": "a", "features": [1, 2, 3]}""", "features has 3")]
    [InlineData("""{"id": "a", "features": [1, 2, 3, "x"]}""", "features[3]")]
    [InlineData("""{"id": "a", "features": [1, 2, 0, 24]}""", "hour_of_day")]
    [InlineData("""{"id": "a", "features": [-1, 2, 0, 4]}""", "request_volume")]
    [InlineData("""{"id": "a", "features": [1e999, 0, 0, 0]}""", "request_volume")]
    [InlineData("""{"id": "a", "features": {"colour": 1}}""", "colour")]
    [InlineData("""{"id": "a", "features": {"client_risk": null}}""", "client_risk")]
    [InlineData("""{"id": "a", "features": 7}""", "features")]
    [InlineData("""{"id": "a", "cost": -1}""", "cost")]
    [InlineData("""{"id": "a", "domain": "nowhere"}""", "domain")]
    [InlineData("""{"id": "a", "costt": 1}""", "costt")]
    public async Task Post_BadBody_Is400AndSaysWhat(string body, string expected)
    {
        var (status, answer) = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(expected, answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await host.Http.PostAsync("/decide", content);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
