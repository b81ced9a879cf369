using Microsoft.Playwright;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>Every page of a suite that has been through something: a model, drift, an alert, an override.</summary>
/// <remarks>Variable <see cref="Folder"/> names a folder for pictures of them, as <c>docs/screens/make.sh</c> sets it. Only then all widths and both
/// themes are gone through, which takes three times as long.</remarks>
[Collection(RunningSuiteCollection.Name)]
public sealed class EveryPageTests(RunningSuite suite)
{
    private const string Folder = "RATELIMITSUITE_SCREENS";
    private const int PhoneWidth = 390;
    private const int LongestPicture = 2_400;

    // A chart is drawn anew once the server knows how wide its place is.
    private const string ChartsFit =
        "() => [...document.querySelectorAll('figure.chart[data-kind=line]')].every(f => Math.abs(f.querySelector('svg').getBoundingClientRect().width - f.clientWidth) < 2)";

    private static readonly (string Name, int Width, ColorScheme Scheme)[] Looks =
        [("phone", PhoneWidth, ColorScheme.Light), ("light", 1280, ColorScheme.Light), ("dark", 1280, ColorScheme.Dark)];

    [BrowserFact]
    public async Task Page_AtPhoneWidth_FitsAndShowsWhatTheSuiteHas()
    {
        var pages = await PagesAsync();
        var folder = Environment.GetEnvironmentVariable(Folder);
        foreach (var (name, width, scheme) in folder is null ? Looks[..1] : Looks)
        {
            await using var browser = await suite.LikeSignedInAsync(width, scheme);
            var page = await browser.NewPageAsync();
            var faults = new List<string>();
            page.PageError += (_, fault) => faults.Add(fault);
            foreach (var (file, path, shows) in pages)
            {
                await page.GotoAsync(new Uri(suite.Dashboard, path).ToString());
                await page.Locator("html[data-live]").WaitForAsync();
                foreach (var selector in shows)
                {
                    await page.Locator(selector).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
                }

                await page.WaitForFunctionAsync(ChartsFit);
                Assert.Equal((file, true), (file, await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width));
                Assert.Equal((file, 0), (file, await page.GetByText("This page could not be drawn").CountAsync()));
                Assert.Empty(faults);
                if (folder is not null)
                {
                    var height = Math.Min(LongestPicture, await page.EvaluateAsync<int>("document.documentElement.scrollHeight"));
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{file}-{name}.png"), FullPage = true, Clip = new() { Width = width, Height = height } });
                }
            }
        }
    }

    // What each page shows once it has come to what it is there for.
    private async Task<IReadOnlyList<(string File, string Path, string[] Shows)>> PagesAsync()
    {
        var first = await suite.FirstModelAsync();
        var second = await suite.PushModelAsync("to compare with");
        var alert = await suite.DriftNotificationAsync();
        var request = Guid.CreateVersion7().ToString();
        foreach (var id in new[] { Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString(), request })
        {
            await suite.DecideAsync("checkout", "192.0.2.7", reputation: 0.35, id);
        }

        await suite.ExplainedAsync(request);
        await suite.SetOverrideAsync("client-000", "bulk import, agreed with sales");
        return
        [
            ("overview", "", [".tile abbr >> nth=2", "ol.explanations li", "#throttled-now tbody tr", "ol.timeline li", "path[data-name=R]"]),
            ("explanations", "explanations", ["tbody time", "path[data-name=p95], circle", "figure svg rect"]),
            ("explanations-search", "explanations/search?feature=ip_reputation&sign=-1", ["#found li"]),
            ("explanation", $"explanations/{request}", ["#sentence", "#nearest tbody tr", "svg title:has-text('Interactions')"]),
            ("patterns", "patterns", ["#interactions svg", "#feature"]),
            ("trend", "trend", ["#hours tbody tr"]),
            ("drift", "drift", ["path[data-name=R]", "tbody tr.critical"]),
            ("alerts", "alerts", ["tbody tr.critical a"]),
            ("interval", new Uri(alert.GetProperty("dashboard").GetString()!).PathAndQuery, ["#alert a", "#requests li", "path[data-name=p95]"]),
            ("models", "models", ["tr.champion"]),
            ("models-compare", $"models/compare?a={first}&b={second}", ["#verdict", "#reasons table"]),
            ("clients", "clients", ["#overrides tbody tr", "#audit tbody tr"]),
            ("widgets", "widgets", [".widgets svg >> nth=1", ".widgets tbody tr"]),
            ("configuration", "configuration", ["#policies tbody tr"]),
        ];
    }
}
