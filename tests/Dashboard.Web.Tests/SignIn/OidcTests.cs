using System.Net;
using System.Security.Claims;
using RateLimitSuite.Dashboard.SignIn;
using RateLimitSuite.Dashboard.Tests.Fakes;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Tests.SignIn;

public sealed class OidcTests : IAsyncLifetime
{
    private FakeProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Fact]
    public async Task SignIn_AtTheProvider_LetsThePersonInByNameAndRole()
    {
        using var dashboard = Host();
        using var client = dashboard.Client();

        var entered = await SignInAsync(client);

        Assert.True(entered.StatusCode == HttpStatusCode.Redirect, await entered.Content.ReadAsStringAsync());
        Assert.Equal("/", entered.Headers.Location!.ToString());
        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("Signed in as ada", page, StringComparison.Ordinal);
        Assert.Contains("Link for an operator", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NotSignedIn_IsToldOfTheProvider()
    {
        using var dashboard = Host();
        using var client = dashboard.Client();

        var page = await (await client.GetAsync(new Uri("/", UriKind.Relative))).Content.ReadAsStringAsync();

        Assert.Contains("href=\"/signin/oidc\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audience", "SecurityTokenInvalidAudienceException")]
    [InlineData("key", "SecurityTokenInvalidSignatureException")]
    [InlineData("nonce", "answers another sign-in")]
    [InlineData("role", "gives no role here")]
    public async Task SignIn_TokenOrPersonNotGood_IsRefused(string wrong, string says)
    {
        _provider.Audience = wrong == "audience" ? "another-application" : FakeProvider.ClientId;
        _provider.SignsWithAStrangeKey = wrong == "key";
        _provider.ForgetsTheNonce = wrong == "nonce";
        _provider.Roles = wrong == "role" ? ["cleaner"] : ["operator"];
        using var dashboard = Host(("ViewerValue", "viewer"));
        using var client = dashboard.Client();

        var refused = await SignInAsync(client);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.True(page.Contains(says, StringComparison.Ordinal), page);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task SignIn_ProviderAway_SaysSo()
    {
        using var dashboard = Host(("Authority", "http://127.0.0.1:2"));
        using var client = dashboard.Client();

        var answer = await client.GetAsync(new Uri("/signin/oidc", UriKind.Relative));

        Assert.Contains("127.0.0.1 does not answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_NobodyAsked_IsRefused()
    {
        using var dashboard = Host();
        using var client = dashboard.Client();

        var refused = await client.GetAsync(new Uri("/signin-oidc?code=stolen&state=made-up", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("operator", "", SuiteRoles.Operator)]
    [InlineData("other", "", SuiteRoles.Viewer)]
    [InlineData("other", "staff", null)]
    [InlineData("staff", "staff", SuiteRoles.Viewer)]
    public void Of_Claims_GiveTheRole(string value, string viewerValue, string? role)
    {
        var claims = new ClaimsIdentity([new Claim("sub", "42"), new Claim("roles", value)]);

        Assert.Equal(role, OidcPerson.Of(claims, new OidcSettings { ViewerValue = viewerValue })?.Role);
    }

    [Theory]
    [InlineData("https://login.example.org/", false, null)]
    [InlineData("http://login.example.org/", false, "must be an https address")]
    [InlineData("http://login.example.org/", true, "on this machine only")]
    [InlineData("http://127.0.0.1:8080/", true, null)]
    public void Fault_Authority_MustBeSafe(string authority, bool allowHttp, string? says)
    {
        var fault = new OidcSettings { Authority = new Uri(authority), AllowHttp = allowHttp }.Fault();

        Assert.Equal(says is null, fault is null);
        Assert.Contains(says ?? "", fault ?? "", StringComparison.Ordinal);
    }

    private DashboardHost Host(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            [$"{OidcSettings.Section}:Authority"] = _provider.Address,
            [$"{OidcSettings.Section}:ClientId"] = FakeProvider.ClientId,
            [$"{OidcSettings.Section}:AllowHttp"] = "true",
        };
        foreach (var (name, value) in more)
        {
            settings[$"{OidcSettings.Section}:{name}"] = value;
        }

        return new DashboardHost(settings: settings);
    }

    // To the provider and back, as a browser goes.
    private static async Task<HttpResponseMessage> SignInAsync(HttpClient client)
    {
        var toProvider = await client.GetAsync(new Uri("/signin/oidc", UriKind.Relative));
        Assert.Contains("code_challenge=", toProvider.Headers.Location!.Query, StringComparison.Ordinal);
        var back = await client.GetAsync(toProvider.Headers.Location);
        return await client.GetAsync(back.Headers.Location);
    }
}
