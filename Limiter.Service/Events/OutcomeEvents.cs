using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Outcomes on their way to Kafka. Never waits.</summary>
internal sealed class OutcomeEvents(IOptions<LimiterOptions> options)
{
    /// <summary>Outcomes that wait to be published, with their policy: the key where there is no backend.</summary>
    public BoundedQueue<(string Key, OutcomeEvent Outcome)> Queue { get; } = new(options.Value.EventQueue);

    public void Publish(string policy, OutcomeEvent outcome)
    {
        outcome.Replica = options.Value.Replica;
        Queue.TryAdd((EventKey.Of(outcome.Backend, policy), outcome));
    }
}
