using System.Threading.RateLimiting;

namespace RateLimitSuite.Client.Tests;

public sealed class SuiteRateLimiterTests(LimiterFixture limiter) : IClassFixture<LimiterFixture>
{
    [Fact]
    public async Task AcquireAsync_BeyondTheBurst_FailsWithRetryAfter()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address);
        await using var limiters = new SuiteRateLimiter(host.Client, "r-alice");
        using var three = await limiters.AcquireAsync(3);
        using var refused = await limiters.AcquireAsync(1);

        Assert.Equal((true, false), (three.IsAcquired, refused.IsAcquired));
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var wait));
        Assert.True(wait > TimeSpan.FromSeconds(10));
        Assert.True(refused.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("bucket_empty", reason);
        Assert.Equal((1, 1), (limiters.GetStatistics()!.TotalSuccessfulLeases, limiters.GetStatistics()!.TotalFailedLeases));
    }

    [Fact]
    public async Task AttemptAcquire_MustNotWait_SoItNeverAcquires()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address);
        await using var limiters = new SuiteRateLimiter(host.Client, "r-bob");

        using var lease = limiters.AttemptAcquire();

        Assert.False(lease.IsAcquired);
    }

    [Fact]
    public async Task Partition_InAPartitionedLimiter_LimitsEachKeyByItself()
    {
        await using var host = await ClientHost.StartAsync(limiter.Server.Address);
        await using var partitions = PartitionedRateLimiter.Create<string, string>(key => SuiteRateLimiter.Partition(host.Client, key));
        using var first = await partitions.AcquireAsync("r-carol", 3);
        using var second = await partitions.AcquireAsync("r-carol");
        using var other = await partitions.AcquireAsync("r-dave");

        Assert.Equal((true, false, true), (first.IsAcquired, second.IsAcquired, other.IsAcquired));
    }
}
