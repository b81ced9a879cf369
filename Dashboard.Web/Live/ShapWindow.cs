using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Sums up the explanations that stream by: the newest, minutes of magnitude, and samples for means and correlations.</summary>
/// <remarks>Bounded whatever the rate. Samples are of one mode and of one model, as φ of two do not mix.</remarks>
internal sealed class ShapWindow(TimeProvider time)
{
    private const int NewestKept = 400;
    private const int MinutesKept = 120;
    private const int SamplesKept = 2_000;

    // At 20,000 a second the samples would else be of the last tenth of one only.
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Ring<ShapValues> _newest = new(NewestKept);
    private readonly Ring<ShapValues> _samples = new(SamplesKept);
    private readonly Ring<MagnitudeMinute> _minutes = new(MinutesKept);
    private readonly Ring<(long At, long Received)> _counts = new(16);
    private MagnitudeHistogram _histogram = new();
    private DateTimeOffset _minute;
    private string _mode = "";
    private long _received;
    private long? _sampledAt;

    public void Add(ShapValues values)
    {
        if (values.Shap.Length != values.FeatureNames.Count || values.Features.Length != values.FeatureNames.Count)
        {
            throw new InvalidDataException(
                $"shap has {values.Shap.Length} and features {values.Features.Length} numbers; feature_names has {values.FeatureNames.Count} names.");
        }

        lock (_lock)
        {
            _received++;
            _newest.Add(values);
            CountMagnitude(values);
            Sample(values);
        }
    }

    /// <summary>Request ids of the newest explanations, throttled ones first: those are what people ask about.</summary>
    public string[] Newest(int most)
    {
        lock (_lock)
        {
            return [.. _newest.Newest(NewestKept / 4).OrderBy(v => v.Allowed).Take(most).Select(v => v.RequestId)];
        }
    }

    public ShapView Read()
    {
        lock (_lock)
        {
            var samples = _samples.ToArray();
            var names = samples.Length > 0 ? samples[0].FeatureNames : [];
            return new ShapView(
                _received, PerSecond(), _newest.Newest(60), Minutes(), Shares(samples, names), samples.Length,
                Correlation.Of([.. samples.Select(s => s.Features)], names.Count), Correlation.Of([.. samples.Select(s => s.Shap)], names.Count));
        }
    }

    private void CountMagnitude(ShapValues values)
    {
        var minute = new DateTimeOffset(values.Timestamp.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        if (minute > _minute || values.Mode != _mode)
        {
            // Partitions are read side by side, so a few messages of the minute before come after; they count into this one.
            CloseMinute();
            (_minute, _mode, _histogram) = (minute > _minute ? minute : _minute, values.Mode, new MagnitudeHistogram());
        }

        _histogram.Add(values.Magnitude);
    }

    private void CloseMinute()
    {
        if (_histogram.Count > 0)
        {
            _minutes.Add(OpenMinute());
        }
    }

    private MagnitudeMinute OpenMinute() => new(_minute, _mode, _histogram.Count, _histogram.Mean, _histogram.Quantile(0.95));

    private MagnitudeMinute[] Minutes() => _histogram.Count > 0 ? [.. _minutes.ToArray(), OpenMinute()] : _minutes.ToArray();

    private void Sample(ShapValues values)
    {
        if (_samples.Count > 0 && _samples.Newest(1)[0] is var last && (last.Mode != values.Mode || last.ModelVersion != values.ModelVersion))
        {
            _samples.Clear();
        }

        var now = time.GetTimestamp();
        if (_sampledAt is not { } at || _samples.Count == 0 || time.GetElapsedTime(at, now) >= BetweenSamples)
        {
            _sampledAt = now;
            _samples.Add(values);
        }
    }

    private static FeatureShare[] Shares(ShapValues[] samples, IReadOnlyList<string> names) =>
        [.. names.Select((name, i) => new FeatureShare(name, samples.Average(s => Math.Abs(s.Shap[i])), samples.Average(s => s.Shap[i])))];

    private double PerSecond()
    {
        var now = time.GetTimestamp();
        _counts.Add((now, _received));
        var first = Array.Find(_counts.ToArray(), c => time.GetElapsedTime(c.At, now) <= RateOver);   // Found always: the newest is of now.
        var seconds = time.GetElapsedTime(first.At, now).TotalSeconds;
        return seconds > 0 ? (_received - first.Received) / seconds : 0;
    }
}
