using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Suite.Tests.Running;

[Collection(RunningSuiteCollection.Name)]
public sealed class SignInTests(RunningSuite suite)
{
    [BrowserFact]
    public async Task SignIn_WithoutAToken_IsRefusedOnEveryPage()
    {
        await using var stranger = await suite.VisitorAsync();
        var page = await stranger.NewPageAsync();
        foreach (var path in new[] { "", "models", "explanations/some-id", "incident.html", "api/v1/status" })
        {
            var answer = await page.GotoAsync(new Uri(suite.Dashboard, path).ToString());
            Assert.Equal(401, answer!.Status);
        }

        await page.GotoAsync(suite.Dashboard.ToString());
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("You are not signed in.");
    }

    [BrowserFact]
    public async Task SignIn_ByThePrintedLink_LetsOneBrowserInAsAnOperatorWhoInvitesAViewer()
    {
        var page = await suite.OpenAsync("");
        await Expect(page.GetByText("Signed in as operator-")).ToBeVisibleAsync();

        await using var second = await suite.VisitorAsync();
        var again = await (await second.NewPageAsync()).GotoAsync(suite.PrintedLink.ToString());
        Assert.Equal(401, again!.Status);

        await page.GetByRole(AriaRole.Button, new() { Name = "Link for a viewer" }).ClickAsync();
        var invitation = await page.Locator("output code").TextContentAsync();
        var guest = await second.NewPageAsync();
        await guest.GotoAsync(invitation!);
        await guest.GotoAsync(new Uri(suite.Dashboard, "models").ToString());
        await Expect(guest.GetByText("Signed in as viewer-")).ToBeVisibleAsync();
        Assert.Equal(0, await guest.GetByRole(AriaRole.Button, new() { Name = "Roll back …" }).CountAsync());
        await page.CloseAsync();
    }
}
