using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Dashboard.Tests.Browser;

public sealed class ViewersTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    private const int Viewers = 50;

    [BrowserFact]
    public async Task Overview_FiftyViewers_AllSeeWhatIsNewAndServicesAreAskedOnce()
    {
        var pages = new List<IPage>();
        for (var i = 0; i < Viewers; i++)
        {
            var page = await fixture.SignedIn.NewPageAsync();
            await page.GotoAsync(fixture.Address);
            pages.Add(page);
        }

        fixture.Suite.Limiter.DecisionsPerSecond = 5_678;

        foreach (var page in pages)
        {
            await Expect(page.Locator("#decisions")).ToHaveTextAsync("5.68k", new() { Timeout = 60_000 });
        }

        Assert.Equal(1, fixture.Suite.Limiter.Watchers);
        foreach (var page in pages)
        {
            await page.CloseAsync();
        }
    }
}
