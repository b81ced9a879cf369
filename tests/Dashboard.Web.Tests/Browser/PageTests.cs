using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Dashboard.Tests.Browser;

public sealed class PageTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private static readonly LocatorAssertionsToHaveTextOptions Patient = new() { Timeout = 20_000 };

    [BrowserFact]
    public async Task Any_NoToken_IsRefusedAndToldHow()
    {
        await using var stranger = await fixture.Browser.NewContextAsync();
        var page = await stranger.NewPageAsync();

        var answer = await page.GotoAsync($"{fixture.Address}/models");

        Assert.Equal(401, answer!.Status);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("You are not signed in.");
        Assert.Equal(0, await page.GetByText("champion").CountAsync());
    }

    [BrowserFact]
    public async Task Overview_LimiterSaysSomethingNew_ShowsItWithoutALoad()
    {
        var page = await OpenAsync("/");
        fixture.Suite.Limiter.DecisionsPerSecond = 4321;
        await Expect(page.Locator("#decisions")).ToHaveTextAsync("4.32k", Patient);

        fixture.Suite.Limiter.DecisionsPerSecond = 777;

        await Expect(page.Locator("#decisions")).ToHaveTextAsync("777", Patient);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Healthy", Patient);
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Drift_PointerOverOneChart_ShowsValuesInAllOfThem()
    {
        var page = await OpenAsync("/drift");
        await page.Locator("figure[data-kind=line] path[data-name]").First.WaitForAsync(new() { Timeout = 20_000 });

        await page.Locator("figure[data-kind=line]").First.HoverAsync();

        await Expect(page.Locator(".cursor:visible")).ToHaveCountAsync(3);
        await Expect(page.Locator(".cursor span").First).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d · R [\d.]+ %$"));
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Overview_Paused_StandsStillUntilItGoesOn()
    {
        var page = await OpenAsync("/");
        fixture.Suite.Limiter.DecisionsPerSecond = 111;
        await Expect(page.Locator("#decisions")).ToHaveTextAsync("111", Patient);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.GetByText("Paused at")).ToBeVisibleAsync();

        fixture.Suite.Limiter.DecisionsPerSecond = 222;
        var other = await OpenAsync("/");
        await Expect(other.Locator("#decisions")).ToHaveTextAsync("222", Patient);

        await Expect(page.Locator("#decisions")).ToHaveTextAsync("111");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.Locator("#decisions")).ToHaveTextAsync("222", Patient);
        await page.CloseAsync();
        await other.CloseAsync();
    }

    [BrowserFact]
    public async Task Explanations_NewRecord_IsOnTheScreenAndCanBeLookedUp()
    {
        var page = await OpenAsync("/explanations");
        var values = await fixture.SendUntilSeenAsync(page);
        await page.GetByLabel("Request id").FillAsync(values.RequestId);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();

        await Expect(page.Locator("#sentence")).ToHaveTextAsync(new Regex("^throttled: the client's bucket was empty"), new() { Timeout = 20_000 });
        await Expect(page.Locator("figure svg").First).ToContainTextAsync("ip_reputation = ");
        Assert.Contains("to the prediction", await page.Locator("figure svg > desc").First.TextContentAsync(), StringComparison.Ordinal);
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Explanation_UnknownId_SaysSo()
    {
        var page = await OpenAsync("/explanations/no-such-request");

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No explanation of request 'no-such-request'.", new() { Timeout = 20_000 });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Models_Promote_AsksForAReasonAndActsAsThePerson()
    {
        var page = await OpenAsync("/models");
        await page.GetByRole(AriaRole.Button, new() { Name = "Promote …" }).First.ClickAsync();
        var confirm = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Promote" });
        await Expect(confirm).ToBeDisabledAsync();

        await page.GetByLabel("Reason, kept in the history").FillAsync("canary looks good");
        await confirm.ClickAsync();

        await Expect(page.GetByText("m-20260301-143000-c3d4 is champion.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Equal(("m-20260301-143000-c3d4", "canary looks good"), (fixture.Suite.Trainer.Promoted!.Version, fixture.Suite.Trainer.Promoted.Reason));
        Assert.StartsWith("Bearer ", fixture.Suite.Trainer.LastAuthorization, StringComparison.Ordinal);
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Models_RollBack_AsksForAReasonAndNamesTheChampionThatReturned()
    {
        var page = await OpenAsync("/models");
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back …" }).ClickAsync();
        await page.GetByLabel("Reason, kept in the history").FillAsync("errors rose");

        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();

        await Expect(page.GetByText("m-former is champion.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Equal("errors rose", fixture.Suite.Trainer.RolledBack!.Reason);
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Clients_OverridePastItsTime_LeavesThePageAndStaysInTheAuditLog()
    {
        var page = await OpenAsync("/clients");
        await page.Locator("#target").FillAsync("slow-client");
        await page.Locator("#minutes").FillAsync("5");
        await page.Locator("#override-reason").FillAsync("for five minutes only");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        var inForce = page.Locator("#overrides").GetByText("slow-client");
        await Expect(inForce).ToBeVisibleAsync(new() { Timeout = 20_000 });

        fixture.Suite.Limiter.AheadBy += TimeSpan.FromMinutes(6);

        await Expect(inForce).ToBeHiddenAsync(new() { Timeout = 20_000 });
        await Expect(page.Locator("#audit tr", new() { HasText = "slow-client" })).ToContainTextAsync("expired");
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Clients_Override_IsSetShownAndRemoved()
    {
        var page = await OpenAsync("/clients");
        await page.Locator("#target").FillAsync("10.1.2.0/24");
        await page.Locator("#effect").SelectOptionAsync("factor");
        await page.Locator("#amount").FillAsync("0.5");
        await page.Locator("#override-reason").FillAsync("reputation fell");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();

        await Expect(page.GetByText("Set for 10.1.2.0/24: × 0.5.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Equal(0.5, Assert.Single(fixture.Suite.Limiter.Overrides).Factor);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync(new() { Timeout = 20_000 });
        await Expect(page.GetByText("Removed for 10.1.2.0/24.")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Empty(fixture.Suite.Limiter.Overrides);

        // What a client calls itself is text, never markup.
        await Expect(page.GetByText("<b>crawler</b>")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Widgets_BrokenLayout_IsRefusedWithItsPathAndAGoodOneIsShown()
    {
        var page = await OpenAsync("/widgets");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await page.Locator("#layout-json").FillAsync("{\"widgets\": [{\"type\": \"pie\", \"title\": \"Mine\"}]}");
        await Expect(page.Locator("#faults")).ToContainTextAsync("widgets[0].type", new() { Timeout = 20_000 });

        await page.Locator("#layout-json").FillAsync("{\"widgets\": [{\"type\": \"table\", \"title\": \"Mine\"}]}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Mine" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await page.Locator("#save-name").FillAsync("mine");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved. Link:")).ToBeVisibleAsync(new() { Timeout = 20_000 });

        var shared = await page.Locator("#share").GetAttributeAsync("href");
        await page.GotoAsync($"{fixture.Address}/{shared}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Mine" })).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Theme_Toggled_IsKept()
    {
        var page = await OpenAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change between dark and light" }).ClickAsync();

        await page.ReloadAsync();

        Assert.Equal("dark", await page.Locator("html").GetAttributeAsync("data-theme"));
        await page.EvaluateAsync("localStorage.removeItem('theme')");
        await page.CloseAsync();
    }

    private Task<IPage> OpenAsync(string path) => fixture.OpenAsync(path);
}
