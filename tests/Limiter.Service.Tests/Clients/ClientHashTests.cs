using System.Text;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Tests.Clients;

public class ClientHashTests
{
    [Fact]
    public void Of_EveryLengthAndPosition_ChangesWithEachByte()
    {
        var seen = new HashSet<ulong>();
        for (var length = 1; length <= 64; length++)
        {
            Assert.True(seen.Add(ClientHash.Of(new byte[length], 0)), $"{length} zeros");
            for (var at = 0; at < length; at++)
            {
                var bytes = new byte[length];
                bytes[at] = 1;
                Assert.True(seen.Add(ClientHash.Of(bytes, 0)), $"byte {at} of {length}");
            }
        }
    }

    [Fact]
    public void Of_CountingIds_SpreadsEvenlyOverShards()
    {
        var counts = new int[256];
        for (var i = 0; i < 256_000; i++)
        {
            counts[ClientHash.Of(Encoding.UTF8.GetBytes($"client-{i}"), 0) >> 56]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 800, 1200));   // 1,000 each, 6 standard deviations
    }
}
