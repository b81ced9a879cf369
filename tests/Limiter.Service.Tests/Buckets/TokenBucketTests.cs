using RateLimitSuite.Limiter.Buckets;

namespace RateLimitSuite.Limiter.Tests.Buckets;

public class TokenBucketTests
{
    private static readonly Limit Ten = new(Capacity: 10, RefillRate: 2);

    [Fact]
    public void TimeUntil_BucketEmpty_IsTheTimeUntilTheMissingTokensAreRefilled()
    {
        var bucket = new TokenBucket(Ten, tokens: 0, now: TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(1.5), bucket.TimeUntil(3));   // 3 tokens / 2 tokens/s
    }

    [Fact]
    public void Refill_RateRises_PaysTheTimeBeforeAtTheOldRate()
    {
        var bucket = new TokenBucket(Ten, tokens: 0, now: TimeSpan.Zero);

        bucket.Refill(new Limit(10, RefillRate: 100), TimeSpan.FromSeconds(1));

        Assert.Equal(2, bucket.Tokens);   // 1 s · 2 tokens/s
    }

    [Fact]
    public void Refill_CapacityFalls_KeepsWhatWasEarned()
    {
        var bucket = new TokenBucket(Ten, tokens: 8, now: TimeSpan.Zero);
        bucket.Refill(new Limit(Capacity: 4, RefillRate: 2), TimeSpan.FromSeconds(0.5));

        bucket.Refill(new Limit(Capacity: 4, RefillRate: 2), TimeSpan.FromSeconds(9));

        Assert.Equal(9, bucket.Tokens);   // 8 + 0.5 s · 2, then no more
    }

    [Fact]
    public void Refill_OutOfOrder_TakesNothingBack()
    {
        var bucket = new TokenBucket(Ten, tokens: 0, now: TimeSpan.FromSeconds(5));

        bucket.Refill(Ten, TimeSpan.FromSeconds(4));

        Assert.Equal(0, bucket.Tokens);
        Assert.Equal(TimeSpan.FromSeconds(5), bucket.RefilledAt);
    }

    [Fact]
    public void Has_AfterWaitingRetryAfter_IsTrueForAnyRateAndCost()
    {
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var limit = new Limit(1000, Math.Exp(random.NextDouble() * 14 - 7));
            var cost = Math.Exp(random.NextDouble() * 8 - 2);
            var bucket = new TokenBucket(limit, random.NextDouble() * Math.Min(cost, 1000), TimeSpan.FromSeconds(random.Next(100_000)));
            var wait = bucket.TimeUntil(Math.Min(cost, 1000));

            bucket.Refill(limit, bucket.RefilledAt + wait);

            Assert.True(bucket.Has(Math.Min(cost, 1000)), $"{limit} {cost}");
        }
    }

    [Fact]
    public void Charge_OverWhatIsThere_LeavesADebtThatRefillsPay()
    {
        var bucket = new TokenBucket(Ten, tokens: 1, now: TimeSpan.Zero);
        bucket.Charge(4);

        bucket.Refill(Ten, TimeSpan.FromSeconds(1));

        Assert.Equal(-1, bucket.Tokens);   // 1 − 4 + 2
    }

    [Fact]
    public void Return_OverCapacity_StopsThere()
    {
        var bucket = new TokenBucket(Ten, tokens: 9, now: TimeSpan.Zero);

        bucket.Return(5);

        Assert.Equal(10, bucket.Tokens);
    }

    [Fact]
    public void TimeToRefill_NothingRefills_IsAYear() => Assert.Equal(TimeSpan.FromDays(365), new Limit(1, 0).TimeToRefill(1));
}
