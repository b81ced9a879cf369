using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Decisions;

namespace RateLimitSuite.Limiter;

/// <summary>What the Limiter counts. Tags come from fixed sets; never a client.</summary>
internal sealed class LimiterMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "RateLimitSuite.Limiter";

    private readonly Counter<long> _invalid;
    private readonly Counter<long> _late;
    private readonly Counter<long> _outcomes;
    private readonly Counter<long> _unknownOutcomes;
    private readonly Counter<long> _modelSwaps;
    private readonly Counter<long> _modelsRefused;
    private readonly Counter<long> _policiesRefused;
    private readonly Histogram<double> _duration;
    private readonly ConcurrentDictionary<string, PolicyCounts> _byPolicy = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CallDurations> _byMethod = new(StringComparer.Ordinal);

    public LimiterMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Meter = meter;
        meter.CreateObservableCounter(
            "limiter.decisions", () => _byPolicy.Values.SelectMany(counts => counts.All()).Select(count => new Measurement<long>(count.Count, count.Tags)),
            "{decision}", "Decisions by policy, outcome, reason and what decided.");
        _invalid = meter.CreateCounter<long>("limiter.invalid_requests", "{request}", "Requests that could not be judged.");
        _late = meter.CreateCounter<long>("limiter.deadlines_exceeded", "{call}", "Calls whose deadline passed before they were answered, by method.");
        _outcomes = meter.CreateCounter<long>("limiter.outcomes", "{outcome}", "Outcomes reported, by class.");
        _unknownOutcomes = meter.CreateCounter<long>("limiter.unknown_outcomes", "{outcome}", "Outcomes of no open admission.");
        _modelSwaps = meter.CreateCounter<long>("limiter.model_swaps", "{swap}", "Times that other models came into use.");
        _modelsRefused = meter.CreateCounter<long>("limiter.models_refused", "{model}", "Models that were not taken into use: damaged, or of another schema.");
        _policiesRefused = meter.CreateCounter<long>("limiter.policies_refused", "{file}", "Policy files that were refused.");
        _duration = meter.CreateHistogram<double>("limiter.call.duration", "s", "Time to answer one call, by method.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = CallDurations.Bounds });
    }

    /// <summary>For observable instruments of other parts.</summary>
    public Meter Meter { get; }

    /// <summary>Decisions since the start.</summary>
    public long Decisions => _byPolicy.Values.Sum(counts => counts.Sum.Decisions);

    /// <summary>Of these, throttled.</summary>
    public long Throttled => _byPolicy.Values.Sum(counts => counts.Sum.Throttled);

    /// <summary>Decisions of a policy since the start, and those throttled.</summary>
    public (long Decisions, long Throttled) OfPolicy(string policy) =>
        _byPolicy.TryGetValue(policy, out var counts) ? counts.Sum : (0, 0);

    /// <summary>A policy's probe admissions since the start.</summary>
    public long ProbesOf(string policy) => _byPolicy.TryGetValue(policy, out var counts) ? counts.Of(DecisionReason.Probe) : 0;

    // Policies come from a file: their number is bounded, unlike clients'.
    public void Decided(string policy, in DecisionRecord record)
    {
        _byPolicy.GetOrAdd(policy, static name => new PolicyCounts(name)).Count(record);
        record.Model?.Count();
        if (record.Arm != Arm.Canary)
        {
            record.Beside?.Count();   // A canary's is the champion, which has decisions of its own.
        }
    }

    public void Invalid(string method) => _invalid.Add(1, new KeyValuePair<string, object?>("method", method));

    public void Late(string method) => _late.Add(1, new KeyValuePair<string, object?>("method", method));

    public void Outcome(string outcomeClass) => _outcomes.Add(1, new KeyValuePair<string, object?>("class", outcomeClass));

    public void UnknownOutcome() => _unknownOutcomes.Add(1);

    public void ModelSwapped() => _modelSwaps.Add(1);

    public void ModelRefused() => _modelsRefused.Add(1);

    public void PolicyRefused() => _policiesRefused.Add(1);

    /// <summary>Counts a call and the time that it took.</summary>
    public void Called(string method, TimeSpan duration) => _byMethod.GetOrAdd(method, static name => new CallDurations(name)).Add(duration);

    /// <summary>Has what <see cref="Called"/> counted since the last time among the metrics.</summary>
    public void TellDurations()
    {
        foreach (var durations in _byMethod.Values)
        {
            durations.TellTo(_duration);
        }
    }
}
