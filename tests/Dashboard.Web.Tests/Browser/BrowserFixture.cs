using Confluent.Kafka;
using Microsoft.Playwright;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Tests.Fakes;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Dashboard.Tests.Browser;

/// <summary>One signed-in browser over one dashboard, with services and a broker behind it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Names = [.. FeatureSchema.V1.Names];

    private readonly BrokerFixture _broker = new();
    private readonly Random _random = new(42);
    private IProducer<byte[], byte[]>? _producer;
    private DashboardHost? _dashboard;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal FakeSuite Suite { get; private set; } = null!;

    internal string Address => _dashboard!.Address;

    internal IBrowserContext SignedIn { get; private set; } = null!;

    internal IBrowser Browser => _browser!;

    internal BrokerProcess Broker => _broker.Broker;

    public async Task InitializeAsync()
    {
        if (!File.Exists(BrowserFactAttribute.Executable))
        {
            return;
        }

        await _broker.InitializeAsync();
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _broker.Servers, LingerMs = 1 }).Build();
        await SendAsync(Throttled(), known: false);   // The topic is made by its first record.
        Suite = await FakeSuite.StartAsync();
        _dashboard = new DashboardHost(Suite.Address, _broker.Servers);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserFactAttribute.Executable, Args = BrowserFactAttribute.Arguments });
        SignedIn = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 }, ColorScheme = ColorScheme.Light });
        SignedIn.SetDefaultNavigationTimeout(120_000);   // A cold dashboard on a busy machine takes more than the usual half minute.
        SignedIn.SetDefaultTimeout(60_000);
        var page = await SignedIn.NewPageAsync();
        await page.GotoAsync($"{Address}/signin?t={DashboardHost.Token}");
        await page.CloseAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_dashboard is not null)
        {
            await _dashboard.DisposeAsync();
            await Suite.DisposeAsync();
            _producer!.Dispose();
            await _broker.DisposeAsync();
        }
    }

    /// <summary>Opens a page and waits until it is live.</summary>
    internal async Task<IPage> OpenAsync(string path)
    {
        var page = await SignedIn.NewPageAsync();
        await page.GotoAsync(Address + path);
        await page.Locator("html[data-live]").WaitForAsync(new() { Timeout = 60_000 });
        return page;
    }

    /// <summary>Puts an explanation on topic shap-values and, as the explainer would, keeps it for look-ups.</summary>
    internal async Task SendAsync(ShapValues values, bool known = true)
    {
        if (known)
        {
            Suite.Explainer.Known[values.RequestId] = Explained(values);
        }

        await _producer!.ProduceAsync(Topics.ShapValues, new Message<byte[], byte[]> { Key = "client"u8.ToArray(), Value = EventJson.Write(values) });
    }

    /// <summary>Sends one explanation until the page of explanations shows it: its reader may still be on its way to the end of the topic.</summary>
    internal async Task<ShapValues> SendUntilSeenAsync(IPage page)
    {
        var values = Throttled();
        var row = page.GetByRole(AriaRole.Link, new() { Name = values.RequestId[^12..] });
        for (var i = 0; i < 120 && !await row.First.IsVisibleAsync(); i++)
        {
            await SendAsync(values);
            await page.WaitForTimeoutAsync(500);
        }

        await Assertions.Expect(row.First).ToBeVisibleAsync();
        return values;
    }

    internal ShapValues Throttled()
    {
        double[] features = [30 + _random.Next(20), 0.02 + (0.01 * _random.NextDouble()), 0.4 * _random.NextDouble(), 14, _random.Next(2_000), _random.NextDouble()];
        double[] shap = [-0.2 * (features[0] - 40), -3 * features[1], -6 * features[2], 0.4, 0.0005 * (1_000 - features[4]), 14.2 * (features[5] - 0.6)];
        return new ShapValues
        {
            RequestId = Guid.CreateVersion7().ToString(),
            Timestamp = TimeProvider.System.GetUtcNow(),
            ClientId = "mobile-app",
            Subnet = "10.1.2.0/24",
            Allowed = false,
            DecidedBy = "bucket",
            Reason = "bucket_empty",
            Prediction = 32 + shap.Sum(),
            RefillRate = 32 + shap.Sum(),
            BaseValue = 32,
            Shap = shap,
            Features = features,
            FeatureNames = Names,
            ModelVersion = "m-20260301-120000-a1b2",
            Mode = "interventional",
            BackgroundId = "b7",
        };
    }

    private static Explanation Explained(ShapValues values) => new()
    {
        RequestId = values.RequestId,
        Timestamp = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(values.Timestamp),
        ClientId = values.ClientId,
        Subnet = values.Subnet,
        DecidedBy = DecidedBy.Bucket,
        Reason = DecisionReason.BucketEmpty,
        Prediction = values.Prediction,
        RefillRate = values.RefillRate,
        BaseValue = values.BaseValue,
        Shap = { values.Shap },
        Features = { values.Features },
        FeatureNames = { values.FeatureNames },
        ModelVersion = values.ModelVersion,
        Mode = values.Mode,
        BackgroundId = values.BackgroundId,
        Sampled = 1,
        Policy = "default",
        Backend = "orders",
        Sentence = $"throttled: the client's bucket was empty, refilled at {values.RefillRate:0.0} tokens/s; ip_reputation {values.Features[5]:0.00} moved it most.",
    };
}
