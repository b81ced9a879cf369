using System.Diagnostics.Metrics;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Client.Tests;

public sealed class RateLimitClientTests(LimiterFixture limiter) : IClassFixture<LimiterFixture>
{
    [Fact]
    public async Task DecideAsync_BeyondTheBurst_IsThrottledWithWhatTheLimiterSays()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address);
        var request = new RateLimitRequest("alice");
        for (var i = 0; i < 3; i++)
        {
            var allowed = await host.Client.DecideAsync(request);
            Assert.Equal((true, DecisionSource.Limiter, "three", 2.0 - i), (allowed.Allowed, allowed.Source, allowed.Policy, Math.Round(allowed.Remaining)));
        }

        var throttled = await host.Client.DecideAsync(request);

        Assert.Equal((false, "bucket_empty", 3), (throttled.Allowed, throttled.Reason, throttled.Limit));
        Assert.True(throttled.RetryAfter > TimeSpan.FromSeconds(10));
        Assert.NotEmpty(throttled.RequestId);
    }

    [Fact]
    public async Task DecideAsync_ManyAtOnce_AdmitsExactlyTheBurstOfEachClient()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address, options => options.BatchLimit = 16);

        var decisions = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(async i =>
        {
            var request = new RateLimitRequest($"crowd-{i % 20}");
            return (request.ClientId, Decision: await host.Client.DecideAsync(request));
        }));

        Assert.All(decisions, decided => Assert.Equal(DecisionSource.Limiter, decided.Decision.Source));
        Assert.All(decisions.GroupBy(decided => decided.ClientId), client => Assert.Equal(3, client.Count(decided => decided.Decision.Allowed)));
    }

    [Theory]
    [InlineData("", null, "client_id")]
    [InlineData("bob", -1.0, "cost")]
    [InlineData("bob", double.NaN, "cost")]
    public async Task DecideAsync_BadField_ThrowsNamingItAndTheOthersAreDecided(string clientId, double? cost, string field)
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address);
        var bad = host.Client.DecideAsync(new RateLimitRequest(clientId) { Cost = cost }).AsTask();
        var good = host.Client.DecideAsync(new RateLimitRequest("carol") { Domain = "wide" }).AsTask();

        Assert.Contains(field, (await Assert.ThrowsAsync<ArgumentException>(() => bad)).Message, StringComparison.Ordinal);
        Assert.True((await good).Allowed);
    }

    [Fact]
    public async Task DecideAsync_CostZero_OnlyLooks()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address);
        var request = new RateLimitRequest("dave") { Cost = 0 };
        await host.Client.DecideAsync(request);

        Assert.Equal(3, (await host.Client.DecideAsync(request)).Remaining);
    }

    [Theory]
    [InlineData(FallbackMode.Open, 30)]
    [InlineData(FallbackMode.Closed, 0)]
    [InlineData(FallbackMode.LocalBucket, 5)]
    public async Task DecideAsync_LimiterAway_TheFallbackDecides(FallbackMode mode, int allowed)
    {
        await using var host = await ClientHost.StartAsync(new Uri($"http://127.0.0.1:{FreePort.Take()}"), options =>
        {
            options.WhenAway = mode;
            options.FallbackBurst = 5;
            options.FallbackRate = 1;
            options.BreakDuration = TimeSpan.FromSeconds(60);
        });
        using var fallbacks = new FallbackCount();

        var decisions = new List<RateLimitDecision>();
        for (var i = 0; i < 30; i++)
        {
            decisions.Add(await host.Client.DecideAsync(new RateLimitRequest("erin")));
        }

        Assert.All(decisions, decision => Assert.Equal((DecisionSource.Fallback, "limiter_away"), (decision.Source, decision.Reason)));
        // A token a second comes back meanwhile, on however slow a machine.
        Assert.InRange(decisions.Count(decision => decision.Allowed), allowed, mode == FallbackMode.LocalBucket ? 29 : allowed);
        Assert.True(fallbacks.Of("unavailable") > 0);
        Assert.True(fallbacks.Of("circuit_open") > 0);
    }

    [Fact]
    public async Task DecideAsync_LimiterKilledAndBack_FallsBackAndRecovers()
    {
        await using var server = await LimiterServer.StartNewAsync();
        await using var host = await ClientHost.StartAsync(server.Address, options => options.BreakDuration = TimeSpan.FromMilliseconds(500));
        var request = new RateLimitRequest("frank") { Domain = "wide" };
        Assert.Equal(DecisionSource.Limiter, (await host.Client.DecideAsync(request)).Source);

        await server.KillAsync();
        await UntilAsync(host.Client, request, DecisionSource.Fallback);
        await server.StartAsync();
        await UntilAsync(host.Client, request, DecisionSource.Limiter);
    }

    [Fact]
    public async Task DecideAsync_WrongKey_FallsBack()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address, options => options.Key = "not-the-key-0123456789abcdef0123456789abcdef");

        Assert.Equal(DecisionSource.Fallback, (await host.Client.DecideAsync(new RateLimitRequest("grace"))).Source);
    }

    [Fact]
    public async Task Report_OfAFallback_IsIgnoredAndOfTheLimiterNeverBlocks()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address, options => options.OutcomeQueueLimit = 1);
        var request = new RateLimitRequest("heidi") { Domain = "wide" };
        var decision = await host.Client.DecideAsync(request);
        using var dropped = new FallbackCount("ratelimit.client.outcomes.dropped");

        for (var i = 0; i < 1_000; i++)
        {
            host.Client.Report(request, decision, TimeSpan.FromMilliseconds(5), OutcomeClass.Ok);
            host.Client.Report(request, new RateLimitDecision(true, DecisionSource.Fallback), TimeSpan.Zero, OutcomeClass.Ok);
        }

        Assert.InRange(dropped.Of("queue_full"), 1, 999);
    }

    private static async Task UntilAsync(IRateLimitClient client, RateLimitRequest request, DecisionSource source)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await client.DecideAsync(request, patience.Token)).Source != source)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Counts what an instrument of the client counts, by cause.</summary>
    private sealed class FallbackCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, long> _counts = new();

        public FallbackCount(string instrument = "ratelimit.client.fallbacks")
        {
            _listener.InstrumentPublished = (published, listener) =>
            {
                if (published.Name == instrument)
                {
                    listener.EnableMeasurementEvents(published);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                foreach (var (key, cause) in tags)
                {
                    if (key == "cause")
                    {
                        _counts.AddOrUpdate((string)cause!, value, (_, before) => before + value);
                    }
                }
            });
            _listener.Start();
        }

        public long Of(string cause) => _counts.GetValueOrDefault(cause);

        public void Dispose() => _listener.Dispose();
    }
}
