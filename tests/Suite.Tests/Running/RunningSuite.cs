using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>The whole suite as AppHost starts it, on made traffic and a data folder of its own, with a signed-in browser in front of it.</summary>
/// <remarks>Every process is AppHost's child and ends with it, on the fixture's end and, by AppHost's watchdog, on this process' death.</remarks>
public sealed partial class RunningSuite : IAsyncLifetime
{
    private const string Actor = "night-watch";
    private const double CapacityCut = 0.2;
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"suite-running-{Guid.NewGuid():N}");
    private readonly List<GrpcChannel> _channels = [];
    private readonly HttpClient _http = new() { Timeout = CallPatience };
    private SuiteTokens _tokens = null!;
    private DistributedApplication? _app;
    private AlertSink? _sink;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private Lazy<Task<string>> _champion = null!;
    private Lazy<Task<JsonElement>> _alert = null!;

    /// <summary>The link that AppHost printed, used up by <see cref="SignedIn"/>.</summary>
    internal Uri PrintedLink { get; private set; } = null!;

    internal Uri Dashboard { get; private set; } = null!;

    /// <summary>The browser that the link let in.</summary>
    internal IBrowserContext SignedIn { get; private set; } = null!;

    internal LimiterApi.LimiterApiClient Limiter { get; private set; } = null!;

    internal ExplainerApi.ExplainerApiClient Explainer { get; private set; } = null!;

    internal TrainerApi.TrainerApiClient Trainer { get; private set; } = null!;

    /// <summary>The first model that serves, trained on the run's own traffic.</summary>
    internal Task<string> FirstModelAsync() => _champion.Value;

    /// <summary>A notification of real drift: once the first model serves, the backend loses most of its capacity until the drift monitor tells of it.</summary>
    internal Task<JsonElement> DriftNotificationAsync() => _alert.Value;

    /// <summary>How often an alert was told of.</summary>
    internal int NotificationsOf(string alert) => _sink!.Alerts.Count(a => a.GetProperty("id").GetString() == alert);

    public async Task InitializeAsync()
    {
        if (!File.Exists(BrowserFactAttribute.Executable))
        {
            return;   // Every test is skipped.
        }

        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _tokens = new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = key }), TimeProvider.System);
        _sink = new AlertSink();
        (_champion, _alert) = (new(WaitForModelAsync), new(WaitForDriftAsync));
        await StartAsync(key);
        Limiter = new(Channel("limiter"));
        Explainer = new(Channel("explainer"));
        Trainer = new(Channel("trainer"));
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserFactAttribute.Executable, Args = BrowserFactAttribute.Arguments });
        SignedIn = await VisitorAsync();
        var page = await SignedIn.NewPageAsync();
        await page.GotoAsync(PrintedLink.ToString());
        await page.CloseAsync();
        _ = _alert.Value;   // Drift takes its time: it begins while other tests run.
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _channels.ForEach(channel => channel.Dispose());
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_sink is not null)
        {
            await _sink.DisposeAsync();
        }

        _http.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>A browser of somebody else, whom nobody let in yet.</summary>
    internal async Task<IBrowserContext> VisitorAsync()
    {
        var visitor = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 }, ColorScheme = ColorScheme.Light });
        BePatient(visitor);
        return visitor;
    }

    /// <summary>Another screen of the person who is signed in.</summary>
    internal async Task<IBrowserContext> LikeSignedInAsync(int width, ColorScheme scheme)
    {
        var screen = await _browser!.NewContextAsync(
            new() { StorageState = await SignedIn.StorageStateAsync(), ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 860 } });
        BePatient(screen);
        return screen;
    }

    /// <summary>Opens a page and waits until it is live.</summary>
    internal async Task<IPage> OpenAsync(string path)
    {
        var page = await SignedIn.NewPageAsync();
        await page.GotoAsync(new Uri(Dashboard, path).ToString());
        await page.Locator("html[data-live]").WaitForAsync();
        return page;
    }

    /// <summary>Headers and deadline of one call as an operator.</summary>
    internal CallOptions Call() => new(
        new Metadata { { "authorization", $"Bearer {_tokens.Issue(Actor, SuiteRoles.Operator)}" } }, TimeProvider.System.GetUtcNow().UtcDateTime + CallPatience);

    /// <summary>The HTTP API as an agent of that role sees it.</summary>
    internal HttpClient Agent(string role)
    {
        var client = new HttpClient { BaseAddress = Dashboard, Timeout = CallPatience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.Issue(Actor, role));
        return client;
    }

    /// <summary>Asks the Limiter, under its default policy.</summary>
    internal async Task<DecideResponse> DecideAsync(string client, string? address = null, double reputation = 1, string requestId = "") => await Limiter.DecideAsync(
        new DecideRequest { ClientId = client, ClientIp = address ?? "", RequestId = requestId, Features = new CallerFeatures { IpReputation = reputation } }, Call());

    /// <summary>The explanation of a decision that was made a moment ago.</summary>
    internal Task<Explanation> ExplainedAsync(string requestId) => Eventually.GetAsync<Explanation>($"the explanation of {requestId}", async () =>
    {
        try
        {
            return await Explainer.GetExplanationAsync(new() { RequestId = requestId }, Call());
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    });

    /// <summary>Names of all that the services export to Prometheus.</summary>
    internal async Task<IReadOnlySet<string>> MetricNamesAsync()
    {
        var names = new HashSet<string>();
        foreach (var service in new[] { "limiter", "explainer", "driftmonitor", "trainer", "dashboard" })
        {
            var text = await _http.GetStringAsync(new Uri(_app!.GetEndpoint(service, "http"), "metrics"));
            names.UnionWith(text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]));
        }

        return names;
    }

    /// <summary>Holds a client to a rate for an hour.</summary>
    internal async Task SetOverrideAsync(string client, string reason) => await Limiter.SetOverrideAsync(
        new SetOverrideRequest
        {
            Override = new Override { ClientId = client, RefillRate = 40, Reason = reason },
            Ttl = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromHours(1)),
        },
        Call());

    /// <summary>Brings <see cref="ReputationModel"/> into the registry, as a person would from a file.</summary>
    /// <returns>Its version, a candidate's.</returns>
    internal async Task<string> PushModelAsync(string reason)
    {
        var file = NewFile(".txt");
        await File.WriteAllBytesAsync(file, ReputationModel.Text);
        var database = await _app!.GetConnectionStringAsync("suite");
        return (await AuditAsync("model", "push", "--model", file, "--database", database!, "--reason", reason)).Trim();
    }

    /// <summary>A name for a file that goes with the run.</summary>
    internal string NewFile(string extension) => Path.Combine(_folder, Guid.NewGuid().ToString("N") + extension);

    /// <summary>The process id of a resource, once it runs; another one than before, where it was ended.</summary>
    internal async Task<int> ProcessOfAsync(string resource, int? before = null)
    {
        using var patience = new CancellationTokenSource(StartPatience);
        var running = await _app!.ResourceNotifications.WaitForResourceAsync(
            resource, update => ProcessId(update) is { } id && id != before && update.Snapshot.State?.Text == KnownResourceStates.Running, patience.Token);
        return ProcessId(running)!.Value;
    }

    /// <summary>Runs the command line for data scientists, and gives what it prints.</summary>
    internal static async Task<string> AuditAsync(params string[] arguments)
    {
        // Beside this test's own output: artifacts/bin/PROJECT/CONFIGURATION.
        var mine = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var assembly = Path.Combine(mine.Parent!.Parent!.FullName, "Audit", mine.Name, "Audit.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(StartPatience);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"Audit {arguments[0]} ended with {process.ExitCode}: {await errors}");
    }

    // A busy machine takes more than the usual half minute.
    private static void BePatient(IBrowserContext browser)
    {
        browser.SetDefaultNavigationTimeout(120_000);
        browser.SetDefaultTimeout(90_000);
    }

    private static int? ProcessId(ResourceEvent update) =>
        update.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is { } value ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : null;

    private async Task StartAsync(string key)
    {
        string[] arguments =
        [
            "--Loop:Profile=smoke", $"--Parameters:suite-key={key}", $"--Parameters:postgres-password={key}", $"--Data:Name={Path.GetFileName(_folder)}",
            $"--StandIn:DataDirectory={_folder}", $"--Limiter:DataFolder={Path.Combine(_folder, "limiter")}",
            "--Traffic:Enabled=true", "--Traffic:Rate=150", "--Traffic:AlternateEvery=00:00:00",
        ];
        using var patience = new CancellationTokenSource(StartPatience);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments, patience.Token);
        var dashboard = Project(builder, "dashboard").WithEnvironment("Dashboard__LayoutFolder", Path.Combine(_folder, "layouts"));
        Project(builder, "driftmonitor").WithEnvironment("Notifications__WebhookUrl", _sink!.Address.ToString())
            .WithEnvironment("Notifications__DashboardUrl", dashboard.GetEndpoint("http"));

        // A model that a person promotes stays until the test is done with it.
        Project(builder, "trainer").WithEnvironment("Loop__WatchTime", "00:10:00");
        var console = Console.Out;
        using var tap = new ConsoleTap(console, line => Link().Match(line) is { Success: true } match ? match.Value : null);
        Console.SetOut(tap);
        try
        {
            _app = await builder.BuildAsync(patience.Token);
            await _app.StartAsync(patience.Token);
            PrintedLink = new Uri(await tap.Found.WaitAsync(patience.Token));
        }
        finally
        {
            Console.SetOut(console);
        }

        Dashboard = new Uri(PrintedLink, "/");
    }

    private static IResourceBuilder<ProjectResource> Project(IDistributedApplicationTestingBuilder builder, string name) =>
        builder.CreateResourceBuilder((ProjectResource)builder.Resources.Single(r => r.Name == name));

    private GrpcChannel Channel(string service)
    {
        var channel = GrpcChannel.ForAddress(_app!.GetEndpoint(service, "grpc"));
        _channels.Add(channel);
        return channel;
    }

    private Task<string> WaitForModelAsync() => Eventually.GetAsync(
        "a first model", async () => (await Limiter.GetStatusAsync(new(), Call())).Champion?.Version is { Length: > 0 } version ? version : null);

    private async Task<JsonElement> WaitForDriftAsync()
    {
        await FirstModelAsync();
        var capacity = new Uri(_app!.GetEndpoint("traffic", "http"), "capacity");
        await CutAsync(CapacityCut);
        await Eventually.TrueAsync("a notification of drift", () => Task.FromResult(_sink!.Alerts.Any(IsDrift)));
        await CutAsync(1);
        return _sink!.Alerts.First(IsDrift);

        async Task CutAsync(double factor) => (await _http.PostAsJsonAsync(capacity, new { factor })).EnsureSuccessStatusCode();

        // Before the first model wrong throttles of the fallback rates are told of as well.
        static bool IsDrift(JsonElement alert) => alert.GetProperty("name").GetString() == "drift" && alert.GetProperty("model_version").GetString() != "";
    }

    [GeneratedRegex(@"http://\S+/signin\?t=[0-9a-f]+")]
    private static partial Regex Link();
}
