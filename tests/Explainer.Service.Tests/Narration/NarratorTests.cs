using System.Net;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Narration;
using RateLimitSuite.Explainer.Tests.Explanations;

namespace RateLimitSuite.Explainer.Tests.Narration;

public sealed class NarratorTests
{
    private static readonly ExplainedDecision Explained = NearestExplanationsTests.Explained("secret-request", [5, -3, 0, 1, 2, -8]) with
    {
        ClientId = "secret-client", Subnet = "10.9.8.0/24", Features = [111.25, 222.25, 333.25, 444.25, 555.25, 666.25], Policy = "secret-policy",
    };

    [Fact]
    public async Task Tell_SetUp_SendsShapValuesOnlyAndGivesTheText()
    {
        using var peer = new Peer(HttpStatusCode.OK, """{"choices":[{"message":{"role":"assistant","content":"  ip_reputation took 8 tokens/s. "}}]}""");
        using var http = new HttpClient(peer);

        var text = await Narrator(http, "http://narrator.test/v1").TellAsync(Explained, CancellationToken.None);

        Assert.Equal("ip_reputation took 8 tokens/s.", text);
        Assert.Equal("http://narrator.test/v1/chat/completions", peer.Address);
        Assert.Equal("Bearer key", peer.Authorization);
        var facts = JsonDocument.Parse(JsonDocument.Parse(peer.Body!).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!).RootElement;
        Assert.Equal(-8, facts.GetProperty("shap").GetProperty("ip_reputation").GetDouble());
        Assert.Equal(["allowed", "base_value", "decided_by", "shap"], facts.EnumerateObject().Select(p => p.Name).Order());
        Assert.DoesNotContain("secret", peer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(".25", peer.Body, StringComparison.Ordinal);   // no feature's value
        Assert.DoesNotContain("10.9.8", peer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tell_NotSetUp_SaysSoAndAsksNobody()
    {
        using var peer = new Peer(HttpStatusCode.OK, "{}");
        using var http = new HttpClient(peer);

        var fault = await Assert.ThrowsAsync<RpcException>(() => Narrator(http, null).TellAsync(Explained, CancellationToken.None));

        Assert.Equal(StatusCode.FailedPrecondition, fault.StatusCode);
        Assert.Null(peer.Body);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "{}")]
    [InlineData(HttpStatusCode.OK, "not json")]
    [InlineData(HttpStatusCode.OK, """{"choices":[]}""")]
    [InlineData(HttpStatusCode.OK, """{"choices":[{"message":{"content":7}}]}""")]
    public async Task Tell_PeerDoesNotAnswerAsAgreed_IsUnavailable(HttpStatusCode status, string body)
    {
        using var peer = new Peer(status, body);
        using var http = new HttpClient(peer);

        var fault = await Assert.ThrowsAsync<RpcException>(() => Narrator(http, "http://narrator.test/v1/").TellAsync(Explained, CancellationToken.None));

        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
    }

    private static Narrator Narrator(HttpClient http, string? url) =>
        new(http, Options.Create(new NarratorOptions { Url = url is null ? null : new Uri(url), Model = "small", Key = "key" }), FeatureSchema.V1);

    private sealed class Peer(HttpStatusCode status, string answer) : HttpMessageHandler
    {
        public string? Address { get; private set; }

        public string? Authorization { get; private set; }

        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Address, Authorization) = (request.RequestUri!.ToString(), request.Headers.Authorization?.ToString());
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            return new HttpResponseMessage(status) { Content = new StringContent(answer) };
        }
    }
}
