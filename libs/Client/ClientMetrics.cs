using System.Diagnostics.Metrics;

namespace RateLimitSuite.Client;

/// <summary>What the client counts; meter <c>RateLimitSuite.Client</c>.</summary>
internal sealed class ClientMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "RateLimitSuite.Client";

    private readonly Counter<long> _decisions;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _withoutBucket;
    private readonly Counter<long> _dropped;

    public ClientMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _decisions = meter.CreateCounter<long>("ratelimit.client.decisions", "{decision}", "Decisions, by allowed.");
        _fallbacks = meter.CreateCounter<long>("ratelimit.client.fallbacks", "{decision}", "Decisions that the Limiter could not make, by cause.");
        _withoutBucket = meter.CreateCounter<long>(
            "ratelimit.client.fallbacks.shared", "{decision}", "Decisions of the fallback for clients that there was no room for: they share one local bucket.");
        _dropped = meter.CreateCounter<long>("ratelimit.client.outcomes.dropped", "{outcome}", "Outcomes that were never reported, by cause.");
    }

    public void Decided(RateLimitDecision decision, string cause)
    {
        _decisions.Add(1, new KeyValuePair<string, object?>("allowed", decision.Allowed));
        if (decision.Source == DecisionSource.Fallback)
        {
            _fallbacks.Add(1, new KeyValuePair<string, object?>("cause", cause));
        }
    }

    public void WithoutBucket() => _withoutBucket.Add(1);

    public void Dropped(int count, string cause) => _dropped.Add(count, new KeyValuePair<string, object?>("cause", cause));
}
