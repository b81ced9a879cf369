using Microsoft.Playwright;
using RateLimitSuite.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace RateLimitSuite.Dashboard.Tests.Browser;

/// <summary>By itself, as a broker that starts anew has forgotten what it held.</summary>
public sealed class BrokerRestartTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    [BrowserFact]
    public async Task Explanations_BrokerStoppedAndStarted_SaysSoAndGoesOnByItself()
    {
        var page = await fixture.OpenAsync("/explanations");
        await fixture.SendUntilSeenAsync(page);

        await fixture.Broker.StopAsync();
        await Expect(page.GetByText("The broker does not answer")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await fixture.Broker.StartAsync();

        await fixture.SendUntilSeenAsync(page);
        await Expect(page.GetByText("The broker does not answer")).ToBeHiddenAsync(new() { Timeout = 60_000 });
    }
}
