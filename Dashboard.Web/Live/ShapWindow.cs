using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Sums up the explanations that stream by: the newest, minutes of magnitude, and samples for means and correlations.</summary>
/// <remarks>Bounded whatever the rate. During a canary two models, and for a while two modes, explain side by side: minutes are kept by mode,
/// and means and correlations are of the model and mode that most samples have, as φ of two do not mix.</remarks>
internal sealed class ShapWindow(TimeProvider time)
{
    private const int NewestKept = 400;
    private const int NewestShown = 60;
    private const int MinutesKept = 120;
    private const int MostModes = 4;
    private const int SamplesKept = 2_000;
    private const int RecentShown = 300;
    private const int ThrottledShown = 50;

    // At 20,000 a second the samples would else be of the last tenth of one only.
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Ring<ShapValues> _newest = new(NewestKept);
    private readonly Ring<ShapValues> _samples = new(SamplesKept);
    private readonly Ring<MagnitudeMinute> _minutes = new(MinutesKept);
    private readonly Ring<(long At, long Received)> _counts = new(16);
    private readonly ThrottleTally _throttled = new(time);
    private readonly SortedDictionary<string, MagnitudeHistogram> _open = new(StringComparer.Ordinal);
    private DateTimeOffset _minute;
    private long _received;
    private long _skipped;
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
            _throttled.Add(values);
            Sample(values);
        }
    }

    /// <summary>Counts an explanation that there was no time to read.</summary>
    public void Skip()
    {
        lock (_lock)
        {
            _received++;
            _skipped++;
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
            var samples = OfOneModel();
            var names = samples.Length > 0 ? samples[0].FeatureNames : [];
            return new ShapView(
                _received, PerSecond(), Newest(), Minutes(), Shares(samples, names), samples.Length)
            {
                FeatureCorrelations = new(() => Correlation.Of([.. samples.Select(s => s.Features)], names.Count)),
                ShapCorrelations = new(() => Correlation.Of([.. samples.Select(s => s.Shap)], names.Count)),
                Skipped = _skipped,
                Throttled = _throttled.Top(ThrottledShown),
                Recent = [.. samples.TakeLast(RecentShown).Reverse()],
            };
        }
    }

    // Partitions are read side by side: what came last need not be of the last decision.
    private ShapValues[] Newest() => [.. _newest.Newest(NewestShown).OrderByDescending(v => v.Timestamp)];

    private void CountMagnitude(ShapValues values)
    {
        var minute = new DateTimeOffset(values.Timestamp.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        if (minute > _minute)
        {
            // Partitions are read side by side, so a few messages of the minute before come after; they count into this one.
            foreach (var closed in OpenMinutes())
            {
                _minutes.Add(closed);
            }

            _open.Clear();
            _minute = minute;
        }

        if (!_open.TryGetValue(values.Mode, out var histogram))
        {
            if (_open.Count == MostModes)
            {
                throw new InvalidDataException($"mode is '{values.Mode}', beside {MostModes} others within a minute.");
            }

            _open.Add(values.Mode, histogram = new MagnitudeHistogram());
        }

        histogram.Add(values.Magnitude);
    }

    private IEnumerable<MagnitudeMinute> OpenMinutes() =>
        _open.Where(o => o.Value.Count > 0).Select(o => new MagnitudeMinute(_minute, o.Key, o.Value.Count, o.Value.Mean, o.Value.Quantile(0.95)));

    private MagnitudeMinute[] Minutes() => [.. _minutes.ToArray(), .. OpenMinutes()];

    private ShapValues[] OfOneModel() =>
        _samples.ToArray().GroupBy(s => (s.Mode, s.ModelVersion, s.FeatureNames.Count)).OrderByDescending(g => g.Count()).FirstOrDefault()?.ToArray() ?? [];

    private void Sample(ShapValues values)
    {
        var now = time.GetTimestamp();
        if (_sampledAt is not { } at || time.GetElapsedTime(at, now) >= BetweenSamples)
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
