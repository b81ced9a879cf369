using Microsoft.Playwright;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class OverridePageTests(RunningSuite suite)
{
    private const string Client = "overridden-client";

    [BrowserFact]
    public async Task Override_SetOnThePage_IsInEffectUntilItExpiresAndStaysInTheAuditLog()
    {
        var page = await suite.OpenAsync("clients");
        await page.Locator("#target").FillAsync(Client);
        await page.Locator("#effect").SelectOptionAsync("deny");
        await page.Locator("#minutes").FillAsync("0.1");
        await page.Locator("#override-reason").FillAsync("it hammers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(page.GetByText($"Set for {Client}: deny.")).ToBeVisibleAsync();

        var denied = await suite.DecideAsync(Client);
        Assert.Equal((false, DecidedBy.Override), (denied.Allowed, denied.DecidedBy));
        await Expect(page.Locator("#overrides tr", new() { HasText = Client })).ToContainTextAsync("it hammers");
        await Expect(page.Locator("#audit tr", new() { HasText = Client }).First).ToContainTextAsync("set");

        await Eventually.TrueAsync("the end of the override", async () => (await suite.DecideAsync(Client)).Allowed);
        await Expect(page.Locator("#overrides tr", new() { HasText = Client })).ToHaveCountAsync(0);
        await Expect(page.Locator("#audit tr", new() { HasText = Client }).First).ToContainTextAsync("expired");
        await page.CloseAsync();
    }
}
