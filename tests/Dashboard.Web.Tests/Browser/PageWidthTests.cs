using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Dashboard.Tests.Browser;

public sealed class PageWidthTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const int Explanations = 30;

    private static readonly string[] Pages =
    [
        "/", "/explanations", "/explanations/search", "/patterns", "/trend", "/drift", "/alerts", "/models", "/clients", "/widgets", "/configuration",
        "/models/compare?a=m-20260301-120000-a1b2&b=m-20260301-143000-c3d4",
    ];

    [BrowserFact]
    public async Task Pages_BothThemesAndPhoneWidth_FitAndHaveNoScriptFault()
    {
        var state = await fixture.SignedIn.StorageStateAsync();
        var explained = fixture.Throttled();
        var now = TimeProvider.System.GetUtcNow();
        var interval = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/interval?from={now.AddMinutes(-35):yyyy-MM-ddTHH:mm:ssZ}&to={now.AddMinutes(2):yyyy-MM-ddTHH:mm:ssZ}&title=critical%3A%20drift");
        foreach (var (width, scheme) in new[] { (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (390, ColorScheme.Light) })
        {
            await using var context = await fixture.Browser.NewContextAsync(new() { StorageState = state, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 860 } });
            context.SetDefaultTimeout(60_000);
            var page = await context.NewPageAsync();
            var faults = new List<string>();
            page.PageError += (_, fault) => faults.Add(fault);
            foreach (var path in Pages.Append(interval).Append($"/explanations/{explained.RequestId}"))
            {
                for (var i = 0; i < Explanations; i++)
                {
                    await fixture.SendAsync(fixture.Throttled());
                }

                await fixture.SendAsync(explained);
                await page.GotoAsync(fixture.Address + path);
                await page.Locator("html[data-live]").WaitForAsync();
                await page.Locator("main :is(svg, table, form, .empty)").First.WaitForAsync();
                await Expect(page.GetByText("Asking the")).ToHaveCountAsync(0, new() { Timeout = 60_000 });

                Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{path} is wider than {width} pixels.");
                Assert.Empty(faults);
            }
        }
    }
}
