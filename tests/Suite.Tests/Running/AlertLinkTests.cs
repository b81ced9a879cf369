using System.Text.RegularExpressions;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class AlertLinkTests(RunningSuite suite)
{
    [BrowserFact]
    public async Task Link_OfANotification_OpensTheAlertsIntervalAndItsRequests()
    {
        var notification = await suite.DriftNotificationAsync();
        var link = new Uri(notification.GetProperty("dashboard").GetString()!);
        var at = notification.GetProperty("timestamp").GetDateTimeOffset();
        var requests = notification.GetProperty("request_ids").EnumerateArray().Select(id => id.GetString()!).ToList();
        Assert.NotEmpty(requests);
        Assert.Equal(1, suite.NotificationsOf(notification.GetProperty("id").GetString()!));

        var page = await suite.OpenAsync(link.PathAndQuery);

        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("critical: drift");
        await Expect(page.Locator("#alert")).ToContainTextAsync(notification.GetProperty("message").GetString()!);
        foreach (var id in requests)
        {
            await Expect(page.Locator("#alert a", new() { HasText = id })).ToHaveAttributeAsync("href", $"explanations/{id}");
        }

        // Series and heatmap are of that interval and nothing else.
        var (from, to) = Interval(page.Url);
        Assert.InRange(at, from, to);
        await Expect(page.Locator("svg title", new() { HasText = "Correlation of SHAP values in the interval" })).ToHaveCountAsync(1);
        var axes = await page.Locator("figure[data-kind=line] svg").First.GetAttributeAsync("data-axes");
        var seconds = axes!.Split(' ').Skip(4).Take(2).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal((from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()), ((long)seconds[0], (long)seconds[1]));

        // It goes as one file that needs nothing else.
        var export = await page.APIRequest.GetAsync(new Uri(suite.Dashboard, await page.Locator("#export").GetAttributeAsync("href")).ToString());
        var file = await export.TextAsync();
        Assert.Contains(notification.GetProperty("message").GetString()!, System.Net.WebUtility.HtmlDecode(file), StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=|<script|<link|@import|url\\(", file);

        await page.Locator("#alert a").First.ClickAsync();
        await Expect(page.Locator("#sentence")).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    private static (DateTimeOffset From, DateTimeOffset To) Interval(string address)
    {
        DateTimeOffset At(string name) => DateTimeOffset.Parse(
            Uri.UnescapeDataString(Regex.Match(address, $"[?&]{name}=([^&]+)").Groups[1].Value), System.Globalization.CultureInfo.InvariantCulture);
        return (At("from"), At("to"));
    }
}
