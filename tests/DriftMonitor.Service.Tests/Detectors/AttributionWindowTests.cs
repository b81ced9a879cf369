using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class AttributionWindowTests
{
    private readonly AttributionWindow _window = new();

    [Fact]
    public void Read_FewExplanations_SaysNothing()
    {
        Add(1_199, [1, -2, 3]);

        Assert.Null(_window.Read("m1"));
    }

    [Fact]
    public void Read_SameReasons_DoesNotFireWhateverTheSign()
    {
        Add(1_000, [1, -2, 3]);
        Add(200, [-1, 2, -3]);

        var reading = _window.Read("m1");

        Assert.Equal(0, reading!.Statistic, 9);
        Assert.False(reading.Firing);
    }

    [Fact]
    public void Read_ReasonsMoved_WarnsAndNeverRetrains()
    {
        Add(1_000, [4, 1, 1]);
        Add(200, [1, 4, 1]);

        var reading = _window.Read("m1");

        // Shares (4, 1, 1)/6 and (1, 4, 1)/6: middle (5, 5, 2)/12; (4/6·log2 1.6 + 1/6·log2 0.4) from each side.
        Assert.Equal(Math.Sqrt((4.0 / 6 * Math.Log2(1.6)) + (1.0 / 6 * Math.Log2(0.4))), reading!.Statistic, 9);
        Assert.True(reading.Firing);
        Assert.False(reading.Retrains);
        Assert.Null(_window.Read("m1"));   // read once
    }

    [Fact]
    public void Add_AnotherModel_StartsAfresh()
    {
        Add(1_200, [1, 2, 3]);
        _window.Add("m2", "interventional", [1, 2, 3]);

        Assert.Null(_window.Read("m1"));
        Assert.Null(_window.Read("m2"));
    }

    private void Add(int count, double[] shapValues)
    {
        for (var i = 0; i < count; i++)
        {
            _window.Add("m1", "interventional", shapValues);
        }
    }
}
