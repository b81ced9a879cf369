using System.Diagnostics.Metrics;

namespace RateLimitSuite.Limiter.Tests;

public sealed class CallDurationsTests : IDisposable
{
    private readonly Meter _meter = new("durations");
    private readonly MeterListener _listener = new();
    private readonly List<double> _told = [];
    private readonly Histogram<double> _histogram;

    public CallDurationsTests()
    {
        _histogram = _meter.CreateHistogram<double>("duration");
        _listener.EnableMeasurementEvents(_histogram);
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            Assert.Equal([new("method", "Decide")], tags.ToArray());
            _told.Add(seconds);
        });
    }

    [Fact]
    public void TellTo_AnyCalls_HasTheirNumberSumAndBuckets()
    {
        var random = new Random(3);
        var durations = new CallDurations("Decide");
        var calls = Enumerable.Range(0, 5_000).Select(_ => TimeSpan.FromSeconds(Math.Pow(10, -6 + (7 * random.NextDouble())))).ToList();
        calls.AddRange(CallDurations.Bounds.Select(TimeSpan.FromSeconds));   // a bound is the last that belongs to its bucket

        calls.ForEach(durations.Add);
        durations.TellTo(_histogram);

        Assert.Equal(calls.Count, _told.Count);
        Assert.Equal(calls.Sum(call => call.TotalSeconds), _told.Sum(), 1e-6);
        Assert.Equal(BucketsOf(calls.Select(call => call.TotalSeconds)), BucketsOf(_told));
    }

    [Fact]
    public void TellTo_Again_TellsOnlyWhatIsNew()
    {
        var durations = new CallDurations("Decide");
        durations.Add(TimeSpan.FromMilliseconds(1));
        durations.TellTo(_histogram);
        durations.TellTo(_histogram);
        durations.Add(TimeSpan.FromMilliseconds(2));
        durations.TellTo(_histogram);

        Assert.Equal([0.001, 0.002], _told);
    }

    [Fact]
    public void Add_DurationIsOutOfRange_IsTheNearestInIt()
    {
        var durations = new CallDurations("Decide");
        durations.Add(TimeSpan.FromTicks(-5));
        durations.Add(TimeSpan.FromDays(400));
        durations.TellTo(_histogram);

        Assert.Equal([0.0, 60], _told);
    }

    [Fact]
    public void Add_FromManyThreadsWhileItIsTold_LosesNothing()
    {
        const int CallsEach = 20_000;
        var durations = new CallDurations("Decide");
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < CallsEach; i++)
            {
                durations.Add(TimeSpan.FromTicks(10));
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        while (threads.Exists(thread => thread.IsAlive))
        {
            durations.TellTo(_histogram);
        }

        durations.TellTo(_histogram);

        Assert.Equal(threads.Count * CallsEach, _told.Count);
        Assert.All(_told, seconds => Assert.Equal(1e-6, seconds));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private static int[] BucketsOf(IEnumerable<double> seconds)
    {
        var buckets = new int[CallDurations.Bounds.Count + 1];
        foreach (var each in seconds)
        {
            buckets[CallDurations.Bounds.Count(bound => each > bound)]++;
        }

        return buckets;
    }
}
