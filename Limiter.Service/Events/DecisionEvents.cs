using System.Diagnostics;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Decisions on their way to Kafka and to the Explainer. Never waits.</summary>
internal sealed class DecisionEvents(IOptions<LimiterOptions> options, FeatureSchema schema, ExplanationQueue explanations)
{
    [ThreadStatic]
    private static Decision? _spare;

    [ThreadStatic]
    private static EncodedEvents? _one;

    /// <summary>Decisions that wait to be published.</summary>
    public RecordWriter Records { get; } = new(
        Topics.Decisions, new DecisionBatch { Replica = options.Value.Replica, SchemaHash = schema.Hash }, DecisionBatch.DecisionsFieldNumber, options.Value.EventQueue,
        Decision.SeqFieldNumber);

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
        var gathered = _one ??= new EncodedEvents();
        Gather(decision, gathered);
        Publish(gathered);
    }

    /// <summary>Hands a decision over that is to be published with others of the same message; the caller must not touch it any more.</summary>
    /// <param name="decision">Filled in but for its number in the sequence, which it gets when it is published.</param>
    /// <param name="gathered">The others.</param>
    public void Gather(Decision decision, EncodedEvents gathered)
    {
        Debug.Assert(decision.Seq == 0);
        gathered.Add(EventKey.Of(decision.Backend, decision.Policy), decision, DecisionEncoder.SizeMax, DecisionEncoder.Write);

        // Before the first model governs, its shadow is what there is to explain.
        if (!(decision.HasPrediction || decision.HasBesidePrediction) || !explanations.TryOffer(decision))
        {
            _spare = decision;
        }
    }

    /// <summary>Publishes what was gathered, and leaves nothing gathered.</summary>
    public void Publish(EncodedEvents gathered)
    {
        Records.Add(gathered);
        gathered.Clear();
    }
}
