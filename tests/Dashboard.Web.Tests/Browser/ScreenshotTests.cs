using Microsoft.Playwright;

namespace RateLimitSuite.Dashboard.Tests.Browser;

public sealed class ScreenshotTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private static readonly string[] Pages = ["/", "/explanations", "/explanations/search", "/patterns", "/trend", "/drift", "/alerts", "/models", "/clients", "/widgets", "/configuration",
        "/models/compare?a=m-20260301-120000-a1b2&b=m-20260301-143000-c3d4"];

    [BrowserFact]
    public async Task Pages_AllThemesAndWidths_FitAndAreKeptAsPictures()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;
        var state = await fixture.SignedIn.StorageStateAsync();
        var explained = fixture.Throttled();
        var now = TimeProvider.System.GetUtcNow();
        var interval = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/interval?from={now.AddMinutes(-35):yyyy-MM-ddTHH:mm:ssZ}&to={now.AddMinutes(2):yyyy-MM-ddTHH:mm:ssZ}&title=critical%3A%20drift");
        foreach (var (name, width, scheme) in new[] { ("light", 1280, ColorScheme.Light), ("dark", 1280, ColorScheme.Dark), ("phone", 390, ColorScheme.Light) })
        {
            await using var context = await fixture.Browser.NewContextAsync(new() { StorageState = state, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 860 } });
            var page = await context.NewPageAsync();
            var faults = new List<string>();
            page.PageError += (_, fault) => faults.Add(fault);
            foreach (var path in Pages.Append(interval).Append($"/explanations/{explained.RequestId}"))
            {
                for (var i = 0; i < 30; i++)
                {
                    await fixture.SendAsync(fixture.Throttled());
                }

                await fixture.SendAsync(explained);
                await page.GotoAsync(fixture.Address + path);
                await page.Locator("html[data-live]").WaitForAsync(new() { Timeout = 20_000 });
                await page.WaitForTimeoutAsync(2_500);
                var file = path.EndsWith(explained.RequestId, StringComparison.Ordinal) ? "explanation" : path == "/" ? "overview" : path[1..].Split('?')[0].Replace('/', '-');
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{file}-{name}.png"), FullPage = true });

                Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{path} is wider than {width} pixels.");
                Assert.Empty(faults);
            }
        }
    }
}
