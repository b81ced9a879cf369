using Google.Protobuf;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Gathers events into records of one key each and sends them, ten times a second.</summary>
internal sealed class EventPump(
    DecisionEvents decisions, OutcomeEvents outcomes, EventOutbox outbox, FeatureSchema schema, IOptions<LimiterOptions> options, TimeProvider time)
    : BackgroundService
{
    // At some 300 bytes a decision, well under a record's 900 kB even with long ids.
    private const int EventsPerRecord = 500;

    private readonly Dictionary<string, DecisionBatch> _decisions = [];
    private readonly Dictionary<string, OutcomeBatch> _outcomes = [];

    /// <summary>Sends what waits.</summary>
    public void Flush()
    {
        while (decisions.Queue.TryTake(out var decision))
        {
            Add(decision);
        }

        while (outcomes.Queue.TryTake(out var outcome))
        {
            Add(outcome.Key, outcome.Outcome);
        }

        foreach (var (key, batch) in _decisions)
        {
            Send(Topics.Decisions, key, batch, batch.Decisions.Count);
        }

        foreach (var (key, batch) in _outcomes)
        {
            Send(Topics.Outcomes, key, batch, batch.Outcomes.Count);
        }

        _decisions.Clear();
        _outcomes.Clear();
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Flush();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.EventLinger, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Flush();
        }
    }

    private void Add(Decision decision)
    {
        var key = EventKey.Of(decision.Backend, decision.Policy);
        if (!_decisions.TryGetValue(key, out var batch))
        {
            batch = _decisions[key] = new DecisionBatch { Replica = options.Value.Replica, SchemaHash = schema.Hash };
        }

        batch.Decisions.Add(decision);
        if (batch.Decisions.Count >= EventsPerRecord)
        {
            Send(Topics.Decisions, key, batch, batch.Decisions.Count);
            _decisions.Remove(key);
        }
    }

    private void Add(string key, OutcomeEvent outcome)
    {
        if (!_outcomes.TryGetValue(key, out var batch))
        {
            batch = _outcomes[key] = new OutcomeBatch { Replica = options.Value.Replica };
        }

        batch.Outcomes.Add(outcome);
        if (batch.Outcomes.Count >= EventsPerRecord)
        {
            Send(Topics.Outcomes, key, batch, batch.Outcomes.Count);
            _outcomes.Remove(key);
        }
    }

    private void Send(string topic, string key, IMessage batch, int events) => outbox.Send(new EventRecord(topic, key, batch.ToByteArray(), events));
}
