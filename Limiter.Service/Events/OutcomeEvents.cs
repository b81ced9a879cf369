using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Outcomes on their way to Kafka. Never waits.</summary>
internal sealed class OutcomeEvents(IOptions<LimiterOptions> options)
{
    /// <summary>Outcomes that wait to be published.</summary>
    public RecordWriter Records { get; } = new(
        Topics.Outcomes, new OutcomeBatch { Replica = options.Value.Replica }, OutcomeBatch.OutcomesFieldNumber, options.Value.EventQueue);

    /// <param name="policy">The key where there is no backend.</param>
    /// <param name="outcome">What became of a request.</param>
    public void Publish(string policy, OutcomeEvent outcome)
    {
        outcome.Replica = options.Value.Replica;
        Records.Add(EventKey.Of(outcome.Backend, policy), outcome);
    }
}
