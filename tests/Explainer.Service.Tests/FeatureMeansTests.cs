using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests;

public sealed class FeatureMeansTests
{
    [Fact]
    public void Read_ValuesOfBothSigns_AveragesSignedAndAbsolute()
    {
        var means = new FeatureMeans(2, new ManualTimeProvider());
        means.Add([1, -4]);
        means.Add([-3, -2]);

        var (signed, absolute, count) = means.Read();

        Assert.Equal([-1, -3], signed);     // (1 - 3) / 2, (-4 - 2) / 2
        Assert.Equal([2, 3], absolute);     // (1 + 3) / 2, (4 + 2) / 2
        Assert.Equal(2, count);
    }

    [Fact]
    public void Read_ValuesOlderThanAMinute_AreForgotten()
    {
        var time = new ManualTimeProvider();
        var means = new FeatureMeans(1, time);
        means.Add([5]);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(0, means.Read().Count);
        means.Add([7]);
        Assert.Equal([7], means.Read().Signed);
    }
}
