namespace RateLimitSuite.Limiter.Tests;

public class RequestIdsTests
{
    [Fact]
    public void Make_FromManyThreads_IsAVersion7OfItsTimeAndNeverTheSame()
    {
        var at = new DateTimeOffset(2026, 11, 22, 3, 4, 5, 678, TimeSpan.Zero);
        var ids = new string[20_000];

        Parallel.For(0, ids.Length, i => ids[i] = RequestIds.Make((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond));

        var expected = Guid.CreateVersion7(at).ToString()[..13];   // the 48 bits of the time
        Assert.All(ids, id => Assert.Equal((7, expected), (Guid.Parse(id).Version, id[..13])));
        Assert.All(ids, id => Assert.InRange(Guid.Parse(id).Variant, 8, 11));
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }
}
