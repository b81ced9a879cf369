using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>Features that the deployment appends by configuration, over the whole service.</summary>
public sealed class AppendedFeaturesTests : IDisposable
{
    private readonly LimiterHost _host = new(
        ("Features:Appended:0:Name", "basket"), ("Features:Appended:0:Maximum", "500"), ("Features:Appended:0:Default", "10"),
        ("Features:Appended:1:Name", "region"), ("Features:Appended:1:Maximum", "9"), ("Features:Appended:1:Categorical", "true"));

    [Fact]
    public async Task Decide_AppendedFeatures_ReachTheModelAndTheEvent()
    {
        var schema = _host.Services.GetRequiredService<FeatureSchema>();
        Assert.Equal("v1+basket+region", schema.Version);
        _host.Services.GetRequiredService<ModelHolder>().Swap(new ModelSnapshot { Champion = TestModels.Step(4, 40, feature: 6, threshold: 50, schema: schema) });

        var little = await _host.Limiter.DecideAsync(Request(basket: 20, region: 3));
        var much = await _host.Limiter.DecideAsync(Request(basket: 200, region: 3));

        Assert.Equal((4, 40), (little.Prediction, much.Prediction));
        var events = Published();
        Assert.Equal(schema.Hash, events.SchemaHash);
        Assert.Equal([20, 200], events.Decisions.Select(decision => decision.Features[6]));
        Assert.Equal([3, 3], events.Decisions.Select(decision => decision.Features[7]));
    }

    [Fact]
    public async Task Decide_FeatureLeftOut_IsItsDefault()
    {
        await _host.Limiter.DecideAsync(new DecideRequest { ClientId = "a" });

        Assert.Equal([10, 0], Published().Decisions.Single().Features.Skip(6));
    }

    [Theory]
    [InlineData("basket", 501, "basket is 501; it must be 0..500.")]
    [InlineData("basket", double.PositiveInfinity, "basket is Infinity")]
    [InlineData("region", 2.5, "region is 2.5; a category is a whole number.")]
    [InlineData("region", 10, "region is 10; it must be 0..9.")]
    [InlineData("region", double.NaN, "features.more[region] is NaN")]
    [InlineData("colour", 1, "features.more has 'colour'")]
    [InlineData("client_risk", 1, "features.more has 'client_risk'")]
    public async Task Decide_ValueOutOfRange_IsInvalidArgumentAndNamesTheFeature(string name, double value, string expected)
    {
        var request = new DecideRequest { ClientId = "a", Features = new CallerFeatures { More = { [name] = value } } };

        var fault = await Assert.ThrowsAsync<RpcException>(async () => await _host.Limiter.DecideAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains(expected, fault.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"basket": 200, "region": 3}""", HttpStatusCode.OK)]
    [InlineData("[1, 0, 0, 12, 0, 1, 200, 3]", HttpStatusCode.OK)]
    [InlineData("[1, 0, 0, 12]", HttpStatusCode.OK)]
    [InlineData("[1, 0, 0, 12, 0, 1]", HttpStatusCode.BadRequest)]
    [InlineData("""{"region": 2.5}""", HttpStatusCode.BadRequest)]
    public async Task PostDecide_AppendedFeatures_AreTakenByNameOrInOrder(string features, HttpStatusCode expected)
    {
        using var content = new StringContent($$"""{"id": "http", "features": {{features}}}""", Encoding.UTF8, "application/json");
        using var answer = await _host.Http.PostAsync("/decide", content);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.BadRequest)
        {
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.Contains(features.Contains("region", StringComparison.Ordinal) ? "region" : "features has 6", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Model_OfSchemaV1_IsRefusedByItsFeatures()
    {
        var schema = _host.Services.GetRequiredService<FeatureSchema>();

        var fault = Assert.Throws<InvalidDataException>(() => ModelCompiler.Compile("old", "", TestModels.Text(4, 40), schema));

        Assert.Contains("old", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _host.Dispose();

    private static DecideRequest Request(double basket, double region) =>
        new() { ClientId = string.Create(CultureInfo.InvariantCulture, $"c{basket}"), Features = new CallerFeatures { More = { ["basket"] = basket, ["region"] = region } } };

    private DecisionBatch Published() => DecisionBatch.Parser.ParseFrom(_host.Services.GetRequiredService<DecisionEvents>().Records.TakeAll().Single().Value);
}
