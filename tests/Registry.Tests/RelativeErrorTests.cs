namespace RateLimitSuite.Registry.Tests;

public sealed class RelativeErrorTests
{
    [Fact]
    public void Value_WeightedIntervals_IsWeightedDistanceOverWeightedScale()
    {
        var error = new RelativeError();
        error.Add(prediction: 12, label: 10, low: 9, high: 11, quality: 1);      // 1 outside
        error.Add(prediction: 3, label: 4, low: 4, high: 4, quality: 0.5);       // 0.5 × 1
        error.Add(prediction: 0.2, label: 0.1, low: 0, high: 0.5, quality: 1);   // inside; scale floor 1

        Assert.Equal(1.5 / 13, error.Value, 12);   // (1 + 0.5) / (10 + 0.5 × 4 + 1)
        Assert.Equal(3, error.Count);
    }

    [Fact]
    public void Value_PredictionInsideTheInterval_IsZero()
    {
        var error = new RelativeError();
        error.Add(10, 12, 8, double.PositiveInfinity, 1);

        Assert.Equal(0, error.Value);
    }

    [Fact]
    public void StandardError_UnitWeights_IsDeviationOfResidualsOverMeanScale()
    {
        var error = new RelativeError();
        double[] predictions = [10, 13, 8, 11];
        foreach (var prediction in predictions)
        {
            error.Add(prediction, 10, 10, 10, 1);
        }

        // Distances 0, 3, 2, 1: R = 6/40 = 0.15; residuals −1.5, 1.5, 0.5, −0.5 with sd √(5/3); over √4 · 10.
        Assert.Equal(0.15, error.Value, 12);
        Assert.Equal(Math.Sqrt(5.0 / 3) / 20, error.StandardError, 12);
    }

    [Fact]
    public void Add_WeightZero_CountsNothing()
    {
        var error = new RelativeError();
        error.Add(100, 1, 1, 1, 0);

        Assert.Equal(0, error.Count);
        Assert.True(double.IsNaN(error.Value));
    }

    [Theory]
    [InlineData(double.NaN, 1, 1, 1, 1)]
    [InlineData(1, double.NaN, 1, 1, 1)]
    [InlineData(1, 1, 2, 1, 1)]
    [InlineData(1, 1, 1, 1, -1)]
    [InlineData(1, 1, 1, 1, double.NaN)]
    public void Add_NoNumber_Throws(double prediction, double label, double low, double high, double quality) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RelativeError().Add(prediction, label, low, high, quality));

    [Fact]
    public void Add_OtherSums_EqualsAllRowsInOne()
    {
        RelativeError first = new(), second = new(), all = new();
        for (var i = 0; i < 20; i++)
        {
            (i % 2 == 0 ? first : second).Add(i, i + 1, i + 0.5, i + 2, 0.1 * i);
            all.Add(i, i + 1, i + 0.5, i + 2, 0.1 * i);
        }

        first.Add(second);

        Assert.Equal(all.Value, first.Value, 12);
        Assert.Equal(all.StandardError, first.StandardError, 12);
    }
}
