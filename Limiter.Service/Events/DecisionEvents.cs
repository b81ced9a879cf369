using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Decisions on their way to Kafka and to the Explainer. Never waits.</summary>
internal sealed class DecisionEvents(IOptions<LimiterOptions> options, FeatureSchema schema, ExplanationQueue explanations)
{
    [ThreadStatic]
    private static Decision? _spare;

    private long _seq;

    /// <summary>Decisions that wait to be published.</summary>
    public RecordWriter Records { get; } = new(
        Topics.Decisions, new DecisionBatch { Replica = options.Value.Replica, SchemaHash = schema.Hash }, DecisionBatch.DecisionsFieldNumber, options.Value.EventQueue);

    /// <summary>A decision to fill in and to publish by the same thread, with what the last one left in it.</summary>
    public static Decision Rent()
    {
        var decision = _spare ?? new Decision();
        _spare = null;
        return decision;
    }

    /// <summary>Hands a decision over; the caller must not touch it any more.</summary>
    public void Publish(Decision decision)
    {
        decision.Seq = (ulong)Interlocked.Increment(ref _seq);
        Records.Add(EventKey.Of(decision.Backend, decision.Policy), decision, DecisionEncoder.SizeMax, DecisionEncoder.Write);

        // Before the first model governs, its shadow is what there is to explain.
        if (!(decision.HasPrediction || decision.HasBesidePrediction) || !explanations.TryOffer(decision))
        {
            _spare = decision;
        }
    }
}
