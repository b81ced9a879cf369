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

    [Fact]
    public void PythonStream_KnownSeed_IsTheStandardLibrarysGenerator()
    {
        // random.Random(12345).random()
        Assert.Equal(0.41661987254534116, new PythonStream(12345).Uniform());
    }

    // river.drift.CUSUM's own example: mean and deviation of the first 30 values after each alarm, both directions, slack 0.5, limit 5.
    [Fact]
    public void Cusum_RiversExample_AlarmsWhereRiverDoes()
    {
        var stream = new PythonStream(12345);
        double[] values = [.. Enumerable.Range(0, 400).Select(i => stream.Gauss(i < 200 ? 0 : 3, 1))];

        var alarms = new List<int>();
        for (var start = 0; start < values.Length; start = alarms[^1] + 1)
        {
            var alarm = FirstCusumAlarm(values, start, warmUp: 30);
            if (alarm < 0)
            {
                break;
            }

            alarms.Add(alarm);
        }

        Assert.Equal([201, 251], alarms);
    }

    // river.drift.EWMA's own example: its chart begins at the first value and is held against the mean of all values so far, in multiples of
    // a deviation that fades at the chart's own weight; from the 50th value on, afresh after each alarm.
    [Fact]
    public void Ewma_RiversExample_AlarmsWhereRiverDoes()
    {
        var stream = new PythonStream(12345);
        double[] values = [.. Enumerable.Range(0, 2000).Select(i => stream.Gauss(i < 1000 ? 0 : 3, 1))];

        var alarms = new List<int>();
        for (var start = 0; FirstEwmaAlarm(values, start, warmUp: 50) is var alarm and >= 0; start = alarm + 1)
        {
            alarms.Add(alarm);
        }

        Assert.Equal([1010], alarms);
    }

    // The same stream against the baseline that the drift monitor holds still: the shift is found five values sooner, as neither the
    // mean nor the deviation follows it. The limit is over the stream's own excursion of 4.3 standard errors at 228.
    [Fact]
    public void Ewma_RiversStreamAgainstAKnownBaseline_AlarmsFiveValuesSooner()
    {
        var stream = new PythonStream(12345);
        var chart = new EwmaChart(weight: 0.1, width: 4.4, steadyLimit: true);

        Assert.Equal(1005, Enumerable.Range(0, 2000).First(i => chart.Observe(stream.Gauss(i < 1000 ? 0 : 3, 1))));
    }

    private static int FirstEwmaAlarm(double[] values, int start, int warmUp)
    {
        const double Weight = 0.1;
        var chart = new EwmaChart(Weight, width: 4);
        var (mean, fadingMean, fadingSquares) = (0.0, 0.0, 0.0);
        for (var i = start; i < values.Length; i++)
        {
            var count = i - start + 1;
            var (value, weight) = (values[i], count == 1 ? 1 : Weight);
            chart.Observe(value - values[start]);
            mean += (value - mean) / count;
            fadingMean += weight * (value - fadingMean);
            fadingSquares += weight * ((value * value) - fadingSquares);
            var deviation = Math.Sqrt(Math.Max(0, fadingSquares - (fadingMean * fadingMean)));
            if (count >= warmUp && Math.Abs(values[start] + chart.Statistic - mean) > deviation * chart.Limit)
            {
                return i;
            }
        }

        return -1;
    }

    private static int FirstCusumAlarm(double[] values, int start, int warmUp)
    {
        if (start + warmUp > values.Length)
        {
            return -1;
        }

        var (mean, deviation) = MeanAndDeviation(values[start..(start + warmUp)]);
        var rises = new CusumChart(slack: 0.5, limit: 5);
        var falls = new CusumChart(slack: 0.5, limit: 5);
        for (var i = start + warmUp - 1; i < values.Length; i++)
        {
            var standardised = (values[i] - mean) / deviation;
            if (rises.Observe(standardised) | falls.Observe(-standardised))
            {
                return i;
            }
        }

        return -1;
    }

    private static (double Mean, double Deviation) MeanAndDeviation(double[] values)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)));
    }

    private static List<int> Alarms(Func<double, bool> observe)
    {
        var stream = NumpyStream.TwoThenEight();
        return [.. Enumerable.Range(0, stream.Length).Where(i => observe(stream[i]))];
    }
}
