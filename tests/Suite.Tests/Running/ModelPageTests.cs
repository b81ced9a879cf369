using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class ModelPageTests(RunningSuite suite)
{
    [BrowserFact]
    public async Task Model_PromotedAndRolledBackByAPerson_GovernsDecisionsMeanwhile()
    {
        await suite.FirstModelAsync();
        var version = await suite.PushModelAsync("a model that knows bad addresses");
        var page = await suite.OpenAsync("models");
        var former = await ChampionAsync();
        await page.Locator("tr", new() { HasText = version }).GetByRole(AriaRole.Button, new() { Name = "Promote …" }).ClickAsync();
        await ConfirmAsync(page, "Promote", "bad addresses get through");
        await Expect(page.GetByText($"{version} is champion.")).ToBeVisibleAsync();
        await DecisionsCarryAsync(version);
        Assert.Equal(ReputationModel.Bad, (await suite.DecideAsync("promoted-for", reputation: 0.1)).Prediction);

        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back …" }).ClickAsync();
        await ConfirmAsync(page, "Roll back", "it was only a try");
        await Expect(page.GetByText($"{former} is champion.")).ToBeVisibleAsync();
        await DecisionsCarryAsync(former);

        var history = page.Locator("section", new() { HasText = "The hash chain is intact." });
        await Expect(history.Locator("tr", new() { HasText = "bad addresses get through" })).ToContainTextAsync("operator-");
        await Expect(history.Locator("tr", new() { HasText = "it was only a try" })).ToContainTextAsync("rolled back");
        await page.CloseAsync();
    }

    private async Task<string> ChampionAsync() => (await suite.Trainer.GetStatusAsync(new(), suite.Call())).ChampionVersion;

    private Task DecisionsCarryAsync(string version) => Eventually.TrueAsync(
        $"a decision by {version}", async () => (await suite.DecideAsync("promoted-for", reputation: 0.1)).ModelVersion == version);

    private static async Task ConfirmAsync(IPage page, string verb, string reason)
    {
        await page.GetByLabel("Reason, kept in the history").FillAsync(reason);
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = verb }).ClickAsync();
    }
}
