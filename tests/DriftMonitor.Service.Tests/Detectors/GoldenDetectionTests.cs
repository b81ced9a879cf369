using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

/// <summary>Detections that other implementations make on a stream anybody can make again.</summary>
public class GoldenDetectionTests
{
    [Fact]
    public void NumpyStream_KnownSeed_IsThePublishedGenerator()
    {
        // MT19937's first output for its reference seed 5489.
        Assert.Equal(3499211612u, new NumpyStream(5489).NextUInt32());
    }

    [Fact]
    public void PageHinkley_RiversDefaults_AlarmsWhereRiverDoes()
    {
        var detector = new PageHinkley(slack: 0.005, limit: 50);

        Assert.Equal([1020, 1991], Alarms(detector.Observe));
    }

    [Fact]
    public void Adwin_Defaults_CutsWhereRiverDoes()
    {
        var detector = new Adwin();

        Assert.Equal([1023], Alarms(value =>
        {
            var changed = detector.Observe(value);
            if (changed)
            {
                detector.Reset();
            }

            return changed;
        }));
    }

    private static List<int> Alarms(Func<double, bool> observe)
    {
        var stream = NumpyStream.TwoThenEight();
        return [.. Enumerable.Range(0, stream.Length).Where(i => observe(stream[i]))];
    }
}
