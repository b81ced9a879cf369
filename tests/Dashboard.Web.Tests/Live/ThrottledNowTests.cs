using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class ThrottledNowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_CounterRose_NamesTheClientWithItsRate()
    {
        var now = new ThrottledNow();
        Assert.Empty(now.Read(Noon, [Client("a", 10), Client("b", 10), Client("c", 10)]));

        var throttled = now.Read(Noon.AddSeconds(2), [Client("a", 10), Client("b", 14), Client("c", 40)]);

        Assert.Equal([("c", 15.0), ("b", 2.0)], throttled.Select(t => (t.ClientId, t.ThrottledPerSecond)));   // 30 and 4 in 2 s
    }

    [Fact]
    public void Read_OldThrottling_IsForgotten()
    {
        var now = new ThrottledNow();
        now.Read(Noon, [Client("a", 0)]);
        now.Read(Noon.AddSeconds(2), [Client("a", 50)]);

        Assert.Empty(now.Read(Noon.AddSeconds(14), [Client("a", 50)]));
    }

    [Fact]
    public void Read_LimiterStartedAnew_IsNoThrottling()
    {
        var now = new ThrottledNow();
        now.Read(Noon, [Client("a", 1_000)]);

        Assert.Empty(now.Read(Noon.AddSeconds(2), [Client("a", 3)]));
    }

    private static ClientStatus Client(string id, ulong throttled) => new() { ClientId = id, Throttled = throttled };
}
