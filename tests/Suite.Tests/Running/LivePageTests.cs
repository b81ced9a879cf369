using System.Diagnostics;
using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class LivePageTests(RunningSuite suite)
{
    [BrowserFact]
    public async Task Overview_TrafficFlows_IsDrawnAnewWithoutALoad()
    {
        await suite.FirstModelAsync();
        var page = await suite.OpenAsync("");
        var total = page.Locator(".tile", new() { HasText = "Decisions/s" }).Locator(".note");
        await Expect(page.Locator(".tile a[href=models]")).Not.ToHaveTextAsync("none");
        var before = await total.TextContentAsync();

        await Expect(total).Not.ToHaveTextAsync(before!);

        var shown = await page.Locator(".tile a[href=models]").TextContentAsync();
        Assert.Contains((await suite.Trainer.ListModelsAsync(new(), suite.Call())).Models, m => m.Version == shown);
        await page.CloseAsync();
    }

    [BrowserFact]
    public async Task Broker_KilledAndStartedAnew_IsToldAndThePageRecovers()
    {
        await suite.FirstModelAsync();
        var page = await suite.OpenAsync("explanations");
        await page.Locator("tbody time").First.WaitForAsync();
        var broker = await suite.ProcessOfAsync("broker");

        using (var process = Process.GetProcessById(broker))
        {
            process.Kill();
        }

        await Expect(page.GetByText("The broker does not answer")).ToBeVisibleAsync();
        await suite.ProcessOfAsync("broker", before: broker);   // AppHost's doing.
        var restarted = TimeProvider.System.GetUtcNow();

        await Expect(page.GetByText("The broker does not answer")).ToBeHiddenAsync();
        await Eventually.TrueAsync("an explanation made after the broker's return", async () =>
            DateTimeOffset.TryParse(await page.Locator("tbody time").First.GetAttributeAsync("datetime"), out var newest) && newest > restarted);
        await page.CloseAsync();
    }
}
