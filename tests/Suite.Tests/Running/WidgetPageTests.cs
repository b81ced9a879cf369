using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class WidgetPageTests(RunningSuite suite)
{
    [BrowserFact(sharedData: "dashboard/widgets.json")]
    public async Task Layout_OfTheSharedData_IsDrawnFromLiveExplanationsAndABrokenOneIsRefused()
    {
        await suite.FirstModelAsync();
        var json = await File.ReadAllTextAsync(SharedData.PathOf("dashboard/widgets.json"));
        var page = await suite.OpenAsync("widgets");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();

        await page.Locator("#layout-json").FillAsync(json);
        await Expect(page.Locator(".widgets > section")).ToHaveCountAsync(3);
        await Expect(page.Locator(".widgets svg")).ToHaveCountAsync(2);
        await Expect(page.Locator(".widgets tbody tr")).ToHaveCountAsync(5);

        await page.Locator("#layout-json").FillAsync(json.Replace("heatmap", "pie", StringComparison.Ordinal));
        await Expect(page.Locator("#faults li")).ToHaveCountAsync(1);
        await Expect(page.Locator("#faults")).ToContainTextAsync("widgets[1].type");
        await page.CloseAsync();
    }
}
