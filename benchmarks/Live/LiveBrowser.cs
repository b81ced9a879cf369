using System.Text.Json;
using Microsoft.Playwright;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>A real browser on the page of explanations, which notes when it drew what.</summary>
internal sealed class LiveBrowser : IAsyncDisposable
{
    public const string Executable = "/usr/bin/chromium";

    // The frame after a change is when people see it.
    private const string Watch =
        """
        () => {
          window.drawings = []; window.longest = 0;
          window.watcher?.disconnect();
          let pending = false;
          window.watcher = new MutationObserver(() => {
            if (pending) return;
            pending = true;
            requestAnimationFrame(() => {
              pending = false;
              const newest = document.querySelector("tbody time")?.getAttribute("datetime");
              if (newest) window.drawings.push([Date.now(), Date.parse(newest)]);
            });
          });
          window.watcher.observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true, attributes: true });
          new PerformanceObserver(list => { for (const e of list.getEntries()) window.longest = Math.max(window.longest, e.duration); }).observe({ type: "longtask" });
        }
        """;

    private static readonly string[] Arguments =
    [
        "--process-per-site", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;

    private LiveBrowser(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, _page) = (playwright, browser, page);

    /// <summary>Follows a sign-in link and opens the page.</summary>
    public static async Task<LiveBrowser> OpenAsync(string link)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Arguments });
        var person = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await person.NewPageAsync();
        await page.GotoAsync(link);
        await page.GotoAsync(new Uri(new Uri(link), "/explanations").ToString());
        await page.Locator("html[data-live]").WaitForAsync(new() { Timeout = 60_000 });
        return new LiveBrowser(playwright, browser, page);
    }

    /// <summary>Opens the page so many times more, as other viewers would.</summary>
    public async Task OpenMoreAsync(int pages)
    {
        for (var i = 0; i < pages; i++)
        {
            var page = await _page.Context.NewPageAsync();
            await page.GotoAsync(_page.Url, new() { Timeout = 120_000 });
        }

        await _page.BringToFrontAsync();
    }

    /// <summary>Notes drawings from now on, once there is something to note.</summary>
    public async Task StartAsync()
    {
        await _page.Locator("tbody time").First.WaitForAsync(new() { Timeout = 60_000 });
        await _page.EvaluateAsync(Watch);
    }

    /// <summary>What was drawn since, in order.</summary>
    public async Task<IReadOnlyList<(double ShownAt, double Newest)>> ReadAsync()
    {
        var drawings = await _page.EvaluateAsync<JsonElement>("window.drawings");
        return [.. drawings.EnumerateArray().Select(d => (d[0].GetDouble(), d[1].GetDouble()))];
    }

    /// <summary>The longest time in which the page could not answer to a person, ms; under 50 counts as 0.</summary>
    public Task<double> LongestPauseAsync() => _page.EvaluateAsync<double>("window.longest");

    /// <summary>Bytes of the page's script heap.</summary>
    public Task<double> HeapAsync() => _page.EvaluateAsync<double>("performance.memory.usedJSHeapSize");

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
