using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Client.Tests;

public sealed class LocalBucketsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _time = new();
    private readonly MeterListener _listener = new();
    private readonly LocalBuckets _buckets;
    private long _shared;

    public LocalBucketsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var metrics = new ClientMetrics(meters);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "ratelimit.client.fallbacks.shared" && instrument.Meter == meters.Create(ClientMetrics.MeterName))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => _shared += count);
        _listener.Start();
        _buckets = new LocalBuckets(
            Options.Create(new RateLimitClientOptions { FallbackBurst = 4, FallbackRate = 2, FallbackClientsMax = 10 }), metrics, _time);
    }

    [Fact]
    public void Decide_BurstSpent_SaysWhenTheNextTokenIsThereAndLetsItPassThen()
    {
        Assert.All(Enumerable.Range(0, 4), _ => Assert.True(Allowed("a")));
        var refused = _buckets.Decide(new RateLimitRequest("a"));
        Assert.Equal((false, TimeSpan.FromSeconds(0.5)), (refused.Allowed, refused.RetryAfter));   // 1 token at 2/s

        _time.Advance(refused.RetryAfter!.Value);

        Assert.True(Allowed("a"));
        Assert.False(Allowed("a"));
    }

    [Fact]
    public void Decide_SameClientInAnotherDomain_HasAnotherBucket()
    {
        Assert.All(Enumerable.Range(0, 4), _ => Assert.True(Allowed("a")));

        Assert.True(_buckets.Decide(new RateLimitRequest("a") { Domain = "other" }).Allowed);
    }

    [Fact]
    public void Decide_CostOverTheBurst_IsRefusedForGood() =>
        Assert.Equal((false, null), (_buckets.Decide(new RateLimitRequest("a") { Cost = 5 }).Allowed, _buckets.Decide(new RateLimitRequest("a") { Cost = 5 }).RetryAfter));

    [Fact]
    public void Decide_MoreClientsThanTheBound_ShareOneBucketAndAreCounted()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(Allowed($"early-{i}"));
        }

        var late = Enumerable.Range(0, 100).Count(i => Allowed($"late-{i}"));

        Assert.Equal((10, 4, 100L), (_buckets.Count, late, _shared));   // one burst of 4 for all of them
        Assert.True(Allowed("early-0"));   // whoever has a bucket keeps it
    }

    [Fact]
    public void Decide_BucketsFilledUpAgain_MakeRoomForOthers()
    {
        for (var i = 0; i < 10; i++)
        {
            Allowed($"early-{i}");
        }

        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(Allowed("early-9")));
        _time.Advance(TimeSpan.FromSeconds(1));   // early-9 has 2 of 4 tokens back, the others are full

        Assert.All(Enumerable.Range(0, 9), i => Assert.True(Allowed($"late-{i}")));

        Assert.Equal((10, 0L), (_buckets.Count, _shared));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => Allowed("early-9")));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private bool Allowed(string client) => _buckets.Decide(new RateLimitRequest(client)).Allowed;
}
