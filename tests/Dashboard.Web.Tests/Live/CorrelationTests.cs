using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class CorrelationTests
{
    [Fact]
    public void Of_Columns_IsPearsons()
    {
        // b = 2a; c runs against a; d stands still.
        double[][] rows = [[1, 2, 3, 0.1], [2, 4, 2, 0.1], [3, 6, 1, 0.1]];

        var r = Correlation.Of(rows, 4);

        Assert.Equal(1, r[1], 12);
        Assert.Equal(-1, r[2], 12);
        Assert.Equal(1, r[0], 12);
        Assert.True(double.IsNaN(r[3]) && double.IsNaN(r[15]));
        Assert.Equal(r[1 * 4 + 2], r[2 * 4 + 1]);
    }

    [Fact]
    public void Of_HandCase_IsOneHalf() =>
        Assert.Equal(0.5, Correlation.Of([[1, 1], [2, 3], [3, 2]], 2)[1], 12);   // Σdd = 1, Σd² = 2 and 2: 1 / 2

    [Fact]
    public void Of_TooFewRows_IsNoNumber() => Assert.All(Correlation.Of([[1, 2], [2, 3]], 2), value => Assert.True(double.IsNaN(value)));
}
