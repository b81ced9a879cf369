using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Tests.Explanations;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests.Http;

/// <summary>The whole Explainer over HTTP, with PostgreSQL; Kafka is away, which it must not mind.</summary>
public sealed class ExplanationEndpointsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly WebApplicationFactory<Program> _explainer = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
    {
        host.UseSetting("Suite:Key", "only-for-these-tests-and-no-secret-at-all");
        host.UseSetting("ConnectionStrings:suite", postgres.ConnectionString);
        host.UseSetting("ConnectionStrings:broker", "127.0.0.1:2");
        host.UseSetting("Logging:LogLevel:Default", "Error");
    });

    public void Dispose() => _explainer.Dispose();

    [Fact]
    public async Task Get_NoToken_IsRefused()
    {
        using var client = _explainer.CreateClient();

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/explanations/x", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Get_JustExplained_HasSentenceNumbersAndPicture()
    {
        using var client = Viewer();
        _explainer.Services.GetRequiredService<RecentExplanations>().Add(NearestExplanationsTests.Explained("r1", [5, -3, 0, 1, 2, -8]));
        _explainer.Services.GetRequiredService<RecentExplanations>().Add(NearestExplanationsTests.Explained("r2", [5, -3, 0, 1, 2, -7]));

        var document = await client.GetFromJsonAsync<JsonElement>(new Uri("/explanations/r1", UriKind.Relative));
        var svg = await client.GetAsync(new Uri("/explanations/r1/waterfall.svg?theme=dark&width=500", UriKind.Relative));
        var nearest = await client.GetFromJsonAsync<JsonElement>(new Uri("/explanations/r1/nearest", UriKind.Relative));

        Assert.StartsWith("throttled: the client's bucket was empty", document.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(17, document.GetProperty("explanation").GetProperty("prediction").GetDouble());   // 20 + 5 − 3 + 1 + 2 − 8
        Assert.Equal("image/svg+xml", svg.Content.Headers.ContentType!.MediaType);
        Assert.Equal("500", (string?)XElement.Parse(await svg.Content.ReadAsStringAsync()).Attribute("width"));
        Assert.Equal((1, 1.0), (nearest.GetArrayLength(), nearest[0].GetProperty("distance").GetDouble()));
    }

    [Theory]
    [InlineData("/explanations/none", HttpStatusCode.NotFound, "No explanation of request 'none'")]
    [InlineData("/explanations/none/waterfall.svg?width=7", HttpStatusCode.BadRequest, "240..2000")]
    [InlineData("/explanations/none/waterfall.svg?theme=pink", HttpStatusCode.BadRequest, "light or dark")]
    [InlineData("/explanations?feature=colour", HttpStatusCode.BadRequest, "request_volume")]
    [InlineData("/explanations?page_size=501", HttpStatusCode.BadRequest, "1..500")]
    public async Task Get_BadQuestion_IsToldWhatIsWrong(string path, HttpStatusCode status, string says)
    {
        using var client = Viewer();

        var answer = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OpenApi_DescribesEveryPath()
    {
        using var client = Viewer();

        var paths = (await client.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative))).GetProperty("paths");

        Assert.Superset(
            new HashSet<string> { "/explanations", "/explanations/{id}", "/explanations/{id}/nearest", "/explanations/{id}/waterfall.svg", "/explanations/{id}/waterfall.png" },
            paths.EnumerateObject().Select(p => p.Name).ToHashSet());
    }

    private HttpClient Viewer()
    {
        var client = _explainer.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _explainer.Services.GetRequiredService<SuiteTokens>().Issue("tester", SuiteRoles.Viewer));
        return client;
    }
}
