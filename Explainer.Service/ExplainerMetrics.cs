using System.Diagnostics.Metrics;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer;

/// <summary>What the Explainer counts. Labels are features, causes and model versions; never a client.</summary>
internal sealed class ExplainerMetrics : IDisposable
{
    public const string MeterName = "RateLimitSuite.Explainer";

    private readonly Meter _meter;
    private readonly Counter<long> _explained;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _published;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _mismatches;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _magnitude;
    private readonly FeatureMeans _means;
    private long _explainedCount;
    private long _publishedCount;
    private long _storedCount;
    private long _sampledOutCount;
    private long _failedCount;

    public ExplainerMetrics(IMeterFactory meters, FeatureSchema schema, TimeProvider time)
    {
        _means = new FeatureMeans(schema.Count, time);
        _meter = meters.Create(MeterName);
        _explained = _meter.CreateCounter<long>("explainer.explanations", "{explanation}", "Decisions explained.");
        _dropped = _meter.CreateCounter<long>("explainer.dropped", "{decision}", "Decisions not explained or not delivered, by cause.");
        _published = _meter.CreateCounter<long>("explainer.published", "{message}", "Messages that the broker acknowledged.");
        _stored = _meter.CreateCounter<long>("explainer.stored", "{explanation}", "Explanations written to the database.");
        _mismatches = _meter.CreateCounter<long>("explainer.prediction_mismatches", "{decision}", "Decisions whose prediction this process does not reproduce.");
        _duration = _meter.CreateHistogram<double>("explainer.duration", "s", "Time from a decision to its messages.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 1e-2, 0.1] });
        _magnitude = _meter.CreateHistogram<double>("shap_magnitude", null, "Sum of |SHAP value| / max(|base value|, 1).",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.5, 2, 4] });
        _meter.CreateObservableGauge("shap_feature_value", () => _means.Signed(schema), null, "Mean SHAP value of the last 60 s, tokens/s.");
        _meter.CreateObservableGauge("shap_feature_abs", () => _means.Absolute(schema), null, "Mean |SHAP value| of the last 60 s, tokens/s.");
        _meter.CreateObservableGauge("feature_importance", () => _means.Share(schema), null, "A feature's share of the mean |SHAP value|.");
    }

    public ulong ExplainedCount => (ulong)Volatile.Read(ref _explainedCount);

    public ulong PublishedCount => (ulong)Volatile.Read(ref _publishedCount);

    public ulong StoredCount => (ulong)Volatile.Read(ref _storedCount);

    public ulong SampledOutCount => (ulong)Volatile.Read(ref _sampledOutCount);

    public ulong FailedCount => (ulong)Volatile.Read(ref _failedCount);

    public FeatureMeans Means => _means;

    public void Explained(TimeSpan duration)
    {
        Interlocked.Increment(ref _explainedCount);
        _explained.Add(1);
        _duration.Record(duration.TotalSeconds);
    }

    public void Attributed(ExplainedDecision explanation)
    {
        _means.Add(explanation.Shap);
        _magnitude.Record(
            explanation.Shap.Sum(Math.Abs) / Math.Max(Math.Abs(explanation.BaseValue), 1),
            new KeyValuePair<string, object?>("model_version", explanation.ModelVersion));
    }

    public void Dropped(string cause)
    {
        _dropped.Add(1, new KeyValuePair<string, object?>("cause", cause));
        Interlocked.Increment(ref cause is "over_budget" or "queue_full" or "no_model" ? ref _sampledOutCount : ref _failedCount);
    }

    public void Published()
    {
        Interlocked.Increment(ref _publishedCount);
        _published.Add(1);
    }

    public void Stored(int rows)
    {
        Interlocked.Add(ref _storedCount, rows);
        _stored.Add(rows);
    }

    public void PredictionMismatch() => _mismatches.Add(1);

    public void Dispose() => _meter.Dispose();
}
