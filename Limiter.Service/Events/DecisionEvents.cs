using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Decisions on their way to Kafka and to the Explainer. Never waits.</summary>
internal sealed class DecisionEvents(IOptions<LimiterOptions> options, ExplanationQueue explanations)
{
    private long _seq;

    /// <summary>Decisions that wait to be published.</summary>
    public BoundedQueue<Decision> Queue { get; } = new(options.Value.EventQueue);

    /// <summary>Hands a decision over; the caller must not change it any more.</summary>
    public void Publish(Decision decision)
    {
        decision.Seq = (ulong)Interlocked.Increment(ref _seq);
        Queue.TryAdd(decision);
        if (decision.HasPrediction)
        {
            explanations.Offer(decision);
        }
    }
}
