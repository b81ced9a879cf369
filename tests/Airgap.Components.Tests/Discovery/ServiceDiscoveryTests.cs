using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace RateLimitSuite.Airgap.Components.Tests.Discovery;

public sealed class ServiceDiscoveryTests
{
    [Theory]
    [InlineData("http://_grpc.limiter/a/b?c=d", "http://127.0.0.1:5001/a/b?c=d")]     // the named endpoint
    [InlineData("http://limiter/", "http://127.0.0.1:5000/")]                          // the scheme's
    [InlineData("https+http://limiter/", "http://127.0.0.1:5000/")]                    // the first scheme that is there
    [InlineData("https+http://both/", "https://127.0.0.1:7443/")]                      // preferred where both are
    [InlineData("http://LIMITER/", "http://127.0.0.1:5000/")]                          // case does not count
    [InlineData("http://plain/x", "http://10.0.0.1/x")]                                // host:port without scheme, as aspirate writes
    [InlineData("http://_grpc.plain/", "http://grpc-host:8081/")]
    [InlineData("http://rooted/x", "http://127.0.0.1:5002/base/x")]                    // a path is put before
    [InlineData("http://external/", "http://api.example/")]                            // endpoint "default"
    [InlineData("http://unknown:81/x", "http://unknown:81/x")]                         // passed through
    [InlineData("http://_grpc.unknown:81/x", "http://unknown:81/x")]                   // without the endpoint's name
    [InlineData("http://_other.limiter/", "http://limiter/")]
    public async Task Send_ToAServicesName_GoesToItsEndpoint(string asked, string expected)
    {
        var (client, sent, _) = CreateClient(
            ("services:limiter:http:0", "http://127.0.0.1:5000"),
            ("services:limiter:grpc:0", "http://127.0.0.1:5001"),
            ("services:both:http:0", "http://127.0.0.1:7080"),
            ("services:both:https:0", "https://127.0.0.1:7443"),
            ("services:plain:http:0", "10.0.0.1:80"),
            ("services:plain:grpc:0", "grpc-host:8081"),
            ("services:rooted:http:0", "http://127.0.0.1:5002/base/"),
            ("services:external:default:0", "http://api.example"));

        await client.GetAsync(asked);

        Assert.Equal(expected, Assert.Single(sent));
    }

    [Fact]
    public async Task Send_ManyEndpoints_TakesThemInTurn()
    {
        var (client, sent, _) = CreateClient(("services:limiter:http:0", "http://a"), ("services:limiter:http:1", "http://b"), ("services:limiter:http:2", "http://c"));

        for (var i = 0; i < 6; i++)
        {
            await client.GetAsync("http://limiter");
        }

        Assert.Equal(sent[..3].Order(), ["http://a/", "http://b/", "http://c/"]);
        Assert.Equal(sent[..3], sent[3..]);
    }

    [Fact]
    public async Task Send_AfterConfigurationReloads_GoesToTheNewEndpoint()
    {
        var (client, sent, configuration) = CreateClient(("services:limiter:http:0", "http://old"));
        await client.GetAsync("http://limiter");

        configuration["services:limiter:http:0"] = "http://new";
        configuration.Reload();
        await client.GetAsync("http://limiter");

        Assert.Equal(["http://old/", "http://new/"], sent);
    }

    [Theory]
    [InlineData("services:limiter:http:first", "http://a")]
    [InlineData("services:limiter:http:0", "http://")]
    public async Task Send_EndpointIsNotOne_Fails(string key, string value)
    {
        var (client, _, _) = CreateClient((key, value));

        await Assert.ThrowsAsync<KeyNotFoundException>(() => client.GetAsync("http://limiter"));
    }

    private static (HttpClient Client, List<string> Sent, IConfigurationRoot Configuration) CreateClient(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var sent = new List<string>();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddServiceDiscovery();
        services.AddHttpClient("test").AddServiceDiscovery().ConfigurePrimaryHttpMessageHandler(() => new Recorder(sent));
        return (services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("test"), sent, configuration);
    }

    private sealed class Recorder(List<string> sent) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            sent.Add(request.RequestUri!.ToString());
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
