using System.Text;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Tests.Clients;

public class ClientFingerprintTests
{
    [Fact]
    public void Of_EveryLengthAndPosition_ChangesWithEachByte()
    {
        var seen = new HashSet<ulong>();
        for (var length = 1; length <= 64; length++)
        {
            Assert.True(AddBoth(seen, new byte[length]), $"{length} zeros");
            for (var at = 0; at < length; at++)
            {
                var bytes = new byte[length];
                bytes[at] = 1;
                Assert.True(AddBoth(seen, bytes), $"byte {at} of {length}");
            }
        }
    }

    [Fact]
    public void Of_CountingIds_SpreadsEvenlyOverShards()
    {
        var counts = new int[256];
        for (var i = 0; i < 256_000; i++)
        {
            counts[ClientFingerprint.Of(Encoding.UTF8.GetBytes($"client-{i}"), 0).High >> 56]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 800, 1200));   // 1,000 each, 6 standard deviations
    }

    // Either half must do alone: the high one finds the place, both tell clients apart.
    private static bool AddBoth(HashSet<ulong> seen, byte[] id)
    {
        var client = ClientFingerprint.Of(id, 0);
        return seen.Add(client.High) & seen.Add(client.Low);
    }
}
