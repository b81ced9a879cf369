using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class PsiTests
{
    [Fact]
    public void Of_TheReferenceItself_IsZero()
    {
        double[] reference = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];

        Assert.Equal(0, new Psi(reference).Of(reference), 12);
    }

    [Fact]
    public void Of_EverythingOutOfRange_IsAsComputedByHand()
    {
        double[] reference = [.. Enumerable.Range(0, 100).Select(i => (double)i)];
        double[] sample = [.. Enumerable.Range(0, 100).Select(_ => 1000.0)];

        // 12 bins, each share (count + 0.5)/106: ten went from 10.5 to 0.5, the one out of range from 0.5 to 100.5.
        var expected = (10 * (10.0 / 106) * Math.Log(10.5 / 0.5)) + (100.0 / 106 * Math.Log(100.5 / 0.5));
        Assert.Equal(expected, new Psi(reference).Of(sample), 12);
    }

    [Fact]
    public void Of_MissingValues_HaveABinOfTheirOwn()
    {
        double[] reference = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        double[] sample = [.. reference.Select((v, i) => i % 2 == 0 ? double.NaN : v)];

        Assert.True(new Psi(reference).Of(sample) > 0.25);
    }

    [Fact]
    public void Bins_FewValues_AreFewer() => Assert.Equal(2 + 2, new Psi([.. Enumerable.Range(0, 100).Select(i => (double)(i % 2))]).Bins);

    [Fact]
    public void Limit_SmallSample_IsWider()
    {
        var psi = new Psi([.. Enumerable.Range(0, 1000).Select(i => (double)i)]);

        Assert.Equal(0.1, psi.Limit(5000, 6), 12);
        Assert.True(psi.Limit(100, 6) > 0.24);
    }

    [Fact]
    public void Limit_Stationary_IsPassedSeldom()
    {
        var random = new Random(3);
        double[] Draw(int n) => [.. Enumerable.Range(0, n).Select(_ => -Math.Log(1 - random.NextDouble()))];
        var psi = new Psi(Draw(2000));

        var alarms = Enumerable.Range(0, 500).Count(_ => psi.Of(Draw(200)) > psi.Limit(200, 6));

        Assert.True(alarms <= 5, $"{alarms} of 500");
    }

    [Theory]
    [InlineData(9, 0.99, 21.666)]
    [InlineData(11, 0.95, 19.675)]
    [InlineData(3, 0.99, 11.345)]
    public void Quantile_Tables_AreMetWithinHalfAPercent(int degrees, double share, double expected) =>
        Assert.Equal(expected, ChiSquare.Quantile(degrees, share), expected * 0.005);
}
