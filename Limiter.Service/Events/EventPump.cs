using Microsoft.Extensions.Options;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Sends the records that have gathered, every <see cref="LimiterOptions.EventLinger"/>.</summary>
internal sealed class EventPump(DecisionEvents decisions, OutcomeEvents outcomes, EventOutbox outbox, IOptions<LimiterOptions> options, TimeProvider time)
    : BackgroundService
{
    /// <summary>Sends what waits.</summary>
    public void Flush()
    {
        Send(decisions.Records);
        Send(outcomes.Records);
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

    private void Send(RecordWriter records)
    {
        foreach (var record in records.TakeAll())
        {
            outbox.Send(record);
        }
    }
}
