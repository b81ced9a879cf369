using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Dashboard.Live;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class ThrottleTallyTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ThrottleTally _tally;

    public ThrottleTallyTests() => _tally = new ThrottleTally(_time);

    [Fact]
    public void Top_SteadyRates_AreThoseRatesTheMostThrottledFirst()
    {
        // a: 20/s, half of them throttled; b: 10/s, all throttled at every second; c: never.
        for (var i = 0; i < 60 * 20; i++)
        {
            _tally.Add(Decided("a", allowed: i % 2 == 0));
            if (i % 2 == 0)
            {
                _tally.Add(Decided("b", allowed: i % 4 == 0));
                _tally.Add(Decided("c", allowed: true));
            }

            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        var top = _tally.Top(5);

        Assert.Equal(["a", "b"], top.Select(t => t.ClientId));
        Assert.Equal([(20, 10), (10, 5)], top.Select(t => ((int)Math.Round(t.OfferedPerSecond), (int)Math.Round(t.ThrottledPerSecond))));
        Assert.Equal(12.5, top[0].RefillRate);
    }

    [Fact]
    public void Top_SampledExplanation_StandsForAsManyDecisions()
    {
        _tally.Add(Decided("a", allowed: false) with { Sampled = 0.1 });

        Assert.Equal(2, Assert.Single(_tally.Top(5)).ThrottledPerSecond, 9);   // 10 over 5 s
    }

    [Fact]
    public void Top_NotThrottledAnyMore_IsForgotten()
    {
        _tally.Add(Decided("a", allowed: false));
        Assert.Single(_tally.Top(5));

        _time.Advance(TimeSpan.FromSeconds(8));

        Assert.Empty(_tally.Top(5));
    }

    [Fact]
    public void Add_MoreClientsThanAreKept_LeavesNewOnesOutUntilOthersFade()
    {
        for (var i = 0; i < 5_000; i++)
        {
            _tally.Add(Decided($"client-{i}", allowed: false));
        }

        Assert.Equal(4_096, _tally.Top(10_000).Count);
        _time.Advance(TimeSpan.FromSeconds(30));
        _tally.Add(Decided("late", allowed: false));
        Assert.Equal("late", Assert.Single(_tally.Top(10_000)).ClientId);
    }

    private static ShapValues Decided(string client, bool allowed) => new()
    {
        RequestId = "r", Timestamp = DateTimeOffset.UnixEpoch, ClientId = client, Allowed = allowed, DecidedBy = "bucket", Reason = allowed ? "within_limit" : "bucket_empty",
        Prediction = 12.5, RefillRate = 12.5, BaseValue = 10, Shap = [2.5], Features = [1], FeatureNames = ["a"], ModelVersion = "m", Mode = "interventional",
    };
}
