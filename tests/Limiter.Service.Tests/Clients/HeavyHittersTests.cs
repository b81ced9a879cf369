using System.Text;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Tests.Clients;

public class HeavyHittersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SpaceSaving_SkewedStream_KeepsItsPromisesAgainstExactCounts(int seed)
    {
        const int Counters = 32;
        const int Requests = 50_000;
        var sketch = new SpaceSaving(Counters);
        var random = new Random(seed);
        var exact = new Dictionary<string, long>();
        for (var i = 0; i < Requests; i++)
        {
            var id = $"c{(int)(1 / Math.Pow(1 - random.NextDouble(), 0.9))}";   // Zipf-like: hundreds of clients, a few heavy
            exact[id] = exact.GetValueOrDefault(id) + 1;
            Count(sketch, id);
        }

        var found = Read(sketch).ToDictionary(c => Encoding.UTF8.GetString(c.IdUtf8));
        Assert.Equal(Counters, found.Count);
        Assert.All(found, c => Assert.InRange(exact[c.Key], c.Value.Weight - c.Value.Error, c.Value.Weight));
        Assert.All(found.Values, c => Assert.True(c.Error <= Requests / Counters, $"{c.Error}"));
        Assert.All(found, c => Assert.True(c.Value.Decisions <= exact[c.Key]));
        Assert.All(exact.Where(c => c.Value > Requests / Counters), c => Assert.Contains(c.Key, found.Keys));
    }

    [Fact]
    public void SpaceSaving_TwoClientsAlikeInHalfOfTheirFingerprint_AreCountedApart()
    {
        var sketch = new SpaceSaving(4);
        sketch.Count(new ClientFingerprint(1, 7), 0, "a"u8, throttled: false);
        sketch.Count(new ClientFingerprint(2, 7), 0, "b"u8, throttled: true);
        sketch.Count(new ClientFingerprint(2, 7), 0, "b"u8, throttled: false);

        Assert.Equal([(1, 0), (2, 1)], Read(sketch).Select(c => ((int)c.Decisions, (int)c.Throttled)));
    }

    [Fact]
    public void Top_HeavyClientsAmongAMillionStrangers_AreFoundInOrder()
    {
        var heavy = new HeavyHitters();
        for (var i = 0; i < 1_000_000; i++)
        {
            Count(heavy, $"stranger-{i}", 0, throttled: false, TimeSpan.Zero);
            if (i % 20 == 0)
            {
                Count(heavy, "third", 0, throttled: false, TimeSpan.Zero);
            }

            if (i % 10 == 0)
            {
                Count(heavy, "second", 0, throttled: i % 40 == 0, TimeSpan.Zero);
            }

            if (i % 4 == 0)
            {
                Count(heavy, "first", 1, throttled: true, TimeSpan.Zero);
            }
        }

        var top = heavy.Top(3, TimeSpan.Zero);

        Assert.Equal(["first", "second", "third"], top.Select(c => Encoding.UTF8.GetString(c.IdUtf8)));
        Assert.Equal((1, 250_000, 250_000), (top[0].Policy, top[0].Decisions, top[0].Throttled));
        Assert.InRange(top[1].Throttled, 24_900, 25_000);
    }

    [Fact]
    public void Top_TrafficChanged_ForgetsWhoWasHeavyBefore()
    {
        var heavy = new HeavyHitters();
        Repeat(heavy, "before", 100_000, TimeSpan.Zero);

        Repeat(heavy, "now", 1_000, HeavyHitters.HalfLife * 7);   // 100,000 / 2⁷ = 781

        Assert.Equal(["now", "before"], heavy.Top(2, HeavyHitters.HalfLife * 7).Select(c => Encoding.UTF8.GetString(c.IdUtf8)));
    }

    [Fact]
    public void Count_AnyClient_AllocatesNothing()
    {
        var heavy = new HeavyHitters();
        var ids = Enumerable.Range(0, 5_000).Select(i => $"client-{i}").ToArray();
        var clients = Array.ConvertAll(ids, id => ClientFingerprint.Of(Encoding.UTF8.GetBytes(id), policy: 0));
        Count(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Count(1);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Count(int minute)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                heavy.Count(clients[i], ids[i], 0, throttled: false, TimeSpan.FromMinutes(minute));
            }
        }
    }

    private static void Repeat(HeavyHitters heavy, string client, int times, TimeSpan now)
    {
        for (var i = 0; i < times; i++)
        {
            Count(heavy, client, 0, throttled: false, now);
        }
    }

    private static void Count(HeavyHitters heavy, string id, int policy, bool throttled, TimeSpan now)
    {
        var utf8 = Encoding.UTF8.GetBytes(id);
        heavy.Count(ClientFingerprint.Of(utf8, policy), utf8, policy, throttled, now);
    }

    private static void Count(SpaceSaving sketch, string id) =>
        sketch.Count(ClientFingerprint.Of(Encoding.UTF8.GetBytes(id), 0), 0, Encoding.UTF8.GetBytes(id), throttled: false);

    private static List<HeavyClient> Read(SpaceSaving sketch)
    {
        var list = new List<HeavyClient>();
        sketch.CopyTo(list);
        return list;
    }
}
