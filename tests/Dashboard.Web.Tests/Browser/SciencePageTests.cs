using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Dashboard.Tests.Browser;

/// <summary>Pages that answer why: patterns, trend, intervals, comparisons.</summary>
public sealed class SciencePageTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const float Patience = 60_000;

    [BrowserFact]
    public async Task Explanation_Opened_HasBalanceInteractionsNeighboursAndNarration()
    {
        var (asked, near) = (fixture.Throttled(), fixture.Throttled());
        await fixture.SendAsync(asked);
        await fixture.SendAsync(near);
        var page = await fixture.OpenAsync($"/explanations/{asked.RequestId}");

        await Expect(page.Locator("svg title", new() { HasText = "Interactions of features" })).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(page.Locator("svg desc", new() { HasText = "Raised by" })).ToHaveCountAsync(1);
        await page.Locator("#nearest tbody tr").First.WaitForAsync(new() { Timeout = Patience });
        await page.GetByRole(AriaRole.Button, new() { Name = "In the words of small-model" }).ClickAsync();
        await Expect(page.Locator("#narration")).ToContainTextAsync("held the refill rate down", new() { Timeout = Patience });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Search_BySubnet_FindsItsRequestsAndKeepsTheQuestionInTheAddress()
    {
        var sent = fixture.Throttled() with { Subnet = "10.77.0.0/24", ClientId = "of-this-subnet" };
        await fixture.SendAsync(sent);
        await fixture.SendAsync(fixture.Throttled());
        var page = await fixture.OpenAsync("/explanations/search");
        await page.Locator("#subnet").FillAsync("10.77.0.0/24");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();   // Draws the layout anew: what was typed must stay.
        await Expect(page.GetByText("Paused at")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(page.Locator("#subnet")).ToHaveValueAsync("10.77.0.0/24");
        await page.Locator("#allowed").SelectOptionAsync("false");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("subnet=10\\.77"), new() { Timeout = Patience });
        await Expect(page.Locator("#found li")).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(page.Locator("#found li")).ToContainTextAsync("of-this-subnet");
        await page.GotoAsync($"{fixture.Address}/explanations/search?from=yesterday-ish");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("from is 'yesterday-ish'", new() { Timeout = Patience });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Patterns_ExplanationsCame_DrawsThemAndTheChosenFeature()
    {
        var page = await fixture.OpenAsync("/patterns");
        for (var i = 0; i < 120 && !await page.Locator("#feature").IsVisibleAsync(); i++)
        {
            await fixture.SendAsync(fixture.Throttled());
            await page.WaitForTimeoutAsync(500);
        }

        await page.Locator("#feature").SelectOptionAsync("client_risk");

        await Expect(page.Locator("svg title", new() { HasText = "SHAP value of client_risk by its value" })).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(page.Locator("#interactions svg")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(page.Locator("svg title", new() { HasText = "SHAP values by feature" })).ToHaveCountAsync(1);
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Trend_HoursAreKept_ShowsThemAndTheirGap()
    {
        var page = await fixture.OpenAsync("/trend");

        await Expect(page.Locator("#hours tbody tr")).ToHaveCountAsync(46, new() { Timeout = Patience });
        await Expect(page.Locator("path[data-name=ip_reputation]")).ToHaveCountAsync(4);   // two charts, each in two pieces
        await Expect(page.GetByText("other model").First).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Alerts_IntervalOpened_HasItsSeriesHeatmapRequestsAndFile()
    {
        var sent = fixture.Throttled();
        await fixture.SendAsync(sent with { Timestamp = sent.Timestamp.AddMinutes(-25) });
        for (var i = 1; i < 12; i++)
        {
            var more = fixture.Throttled();
            await fixture.SendAsync(more with { Timestamp = more.Timestamp.AddMinutes(-25).AddSeconds(-7 * i) });
        }

        var page = await fixture.OpenAsync("/alerts");
        await page.GetByRole(AriaRole.Link, new() { Name = "Interval" }).First.ClickAsync(new() { Timeout = Patience });

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("critical: drift", new() { Timeout = Patience });
        await Expect(page.Locator("svg title", new() { HasText = "Correlation of SHAP values in the interval" })).ToHaveCountAsync(1, new() { Timeout = Patience });
        await Expect(page.Locator("#requests pre")).ToContainTextAsync(sent.RequestId);
        await Expect(page.Locator("#alert")).ToContainTextAsync("R 0.21 is over 0.15");

        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#export").ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        var file = await new StreamReader(stream).ReadToEndAsync();
        Assert.Contains(sent.RequestId, file, StringComparison.Ordinal);
        Assert.Contains("R 0.21 is over 0.15 in 2 of 3 windows", file, StringComparison.Ordinal);
        Assert.Equal(5, Regex.Count(file, "<svg "));
        Assert.DoesNotContain("<script", file, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href)=", file);   // Nothing is loaded from elsewhere.
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Interval_Turned_SaysWhatIsWrong()
    {
        var page = await fixture.OpenAsync("/interval?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z");

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not before to", new() { Timeout = Patience });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Drift_StretchDrawnOverOneChart_ZoomsAllAndLeadsToItsInterval()
    {
        var page = await fixture.OpenAsync("/drift");
        var chart = page.Locator("figure[data-kind=line]").First;
        await chart.Locator("path[data-name]").First.WaitForAsync(new() { Timeout = Patience });
        var box = (await chart.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.4f), box.Y + 80);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.6f), box.Y + 80, new() { Steps = 5 });
        await page.Mouse.UpAsync();

        await Expect(page.Locator("#zoomed")).ToContainTextAsync("Charts show", new() { Timeout = Patience });
        await Expect(page.Locator("#zoomed a")).ToHaveAttributeAsync("href", new Regex("^interval\\?from="));
        var spans = await page.EvalOnSelectorAllAsync<double[]>("figure[data-kind=line] svg", "all => all.map(s => { const a = s.dataset.axes.split(' ').map(Number); return a[5] - a[4]; })");
        Assert.Equal(3, spans.Length);
        Assert.All(spans, span => Assert.InRange(span, 300, 1_200));   // About a fifth of an hour, in every chart.

        await chart.FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#zoomed")).ToBeHiddenAsync(new() { Timeout = Patience });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Models_Compare_SaysWhichErrsLess()
    {
        var page = await fixture.OpenAsync("/models");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare two models" }).ClickAsync(new() { Timeout = Patience });

        await Expect(page.Locator("#verdict")).ToContainTextAsync("m-20260301-143000-c3d4 errs less", new() { Timeout = Patience });
        await Expect(page.Locator("#verdict")).ToContainTextAsync("−2.1 points");
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Models_Retrain_AsksForAReasonAndFollowsTheTraining()
    {
        var page = await fixture.OpenAsync("/models");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retrain …" }).ClickAsync();
        await page.GetByLabel("Reason, kept in the history").FillAsync("new tariff");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Retrain" }).ClickAsync();

        await Expect(page.Locator("#training")).ToContainTextAsync("20,311 rows", new() { Timeout = Patience });
        Assert.Equal(("manual", "new tariff", false), (fixture.Suite.Trainer.Retrained!.Reason, fixture.Suite.Trainer.Retrained.Detail, fixture.Suite.Trainer.Retrained.Force));
        fixture.Suite.Trainer.Trained.SetResult();
        await Expect(page.GetByText("Training rejected: holdout: R 0.2 is over 0.15")).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Configuration_PolicyFileChecked_NamesTheFaultWithItsPlace()
    {
        var page = await fixture.OpenAsync("/configuration");
        await Expect(page.Locator("#policies")).ToContainTextAsync("partners", new() { Timeout = Patience });
        await page.Locator("#yaml").FillAsync("policies:\n  - envelope:\n      max: 5000\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();
        await Expect(page.Locator("#policy-faults")).ToContainTextAsync("line 3, column 10", new() { Timeout = Patience });

        await page.Locator("#yaml").FillAsync("policies: []\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Validate" }).ClickAsync();
        await Expect(page.Locator("#valid")).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Overview_ClientThrottledNow_IsNamed()
    {
        var page = await fixture.OpenAsync("/");
        var named = page.Locator("#throttled-now", new() { HasText = "<b>crawler</b>" });
        for (var i = 0; i < 120 && !await named.IsVisibleAsync(); i++)
        {
            await fixture.SendAsync(fixture.Throttled() with { ClientId = "<b>crawler</b>" });   // Again: the reader may still be on its way to the topic's end.
            await page.WaitForTimeoutAsync(500);
        }

        await Expect(named).ToBeVisibleAsync();
        await page.CloseAsync();
    }
}
