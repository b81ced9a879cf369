using System.Net;
using RateLimitSuite.Dashboard.SignIn;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Dashboard.Tests.SignIn;

public sealed class SignInTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/models")]
    [InlineData("/explanations/some-id")]
    [InlineData("/_blazor")]
    public async Task Get_NotSignedIn_IsRefusedAndToldHow(string path)
    {
        using var dashboard = new DashboardHost();
        using var client = dashboard.Client();

        var answer = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("one-time link", page, StringComparison.Ordinal);
        Assert.DoesNotContain("limiter", page, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/metrics")]
    [InlineData("/app.css")]
    [InlineData("/_framework/blazor.web.js")]
    public async Task Get_WhatEveryoneMayHave_IsServed(string path)
    {
        using var dashboard = new DashboardHost();
        using var client = dashboard.Client();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task SignIn_TokenUsedTwice_LetsOneBrowserInOnly()
    {
        using var dashboard = new DashboardHost();
        using var first = dashboard.Client();
        using var second = dashboard.Client();

        var entered = await first.GetAsync(new Uri($"/signin?t={DashboardHost.Token}", UriKind.Relative));
        var refused = await second.GetAsync(new Uri($"/signin?t={DashboardHost.Token}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Contains("httponly", Assert.Single(entered.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("used already", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Get_SignedInWhileEveryServiceIsAway_SaysWhichAndWorks()
    {
        using var dashboard = new DashboardHost();
        using var client = dashboard.Client();
        await client.GetAsync(new Uri($"/signin?t={DashboardHost.Token}", UriKind.Relative));

        foreach (var path in new[] { "/", "/explanations", "/drift", "/models", "/clients", "/widgets" })
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        }

        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("The limiter ", page, StringComparison.Ordinal);
        Assert.Contains("Needs attention", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_WithoutTheFormsToken_IsRefused()
    {
        using var dashboard = new DashboardHost();
        using var client = dashboard.Client();
        await client.GetAsync(new Uri($"/signin?t={DashboardHost.Token}", UriKind.Relative));

        var answer = await client.PostAsync(new Uri("/signout", UriKind.Relative), new FormUrlEncodedContent([]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Circuit_FromAnotherSite_IsRefused()
    {
        using var dashboard = new DashboardHost();
        using var client = dashboard.Client();
        await client.GetAsync(new Uri($"/signin?t={DashboardHost.Token}", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", "http://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public void Redeem_TokenTooOld_IsRefused()
    {
        var time = new ManualTimeProvider();
        var tokens = new SignInTokens(time);
        var token = tokens.Issue("viewer")!;

        time.Advance(TimeSpan.FromHours(13));

        Assert.Null(tokens.Redeem(token));
    }

    [Fact]
    public void Issue_TooManyOpenLinks_IsRefused()
    {
        var tokens = new SignInTokens(TimeProvider.System);

        Assert.Equal(32, Enumerable.Range(0, 40).Count(_ => tokens.Issue("viewer") is not null));
    }
}
