using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.Retry;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>Tells every sink of every alert, once.</summary>
/// <remarks>A message is taken, sent, and noted as sent. An orderly stop lets a started one end, so a restart repeats none. A crash between
/// sending and noting leaves it in doubt, and it is sent again with the same identity when the hold has passed: a critical alert told twice
/// is better than one never told.</remarks>
internal sealed partial class NotificationDispatcher(
    SuiteDatabase tables,
    NotificationOutbox outbox,
    IReadOnlyList<INotificationSink> sinks,
    RecentAttributions attributions,
    NotificationMetrics metrics,
    IOptions<NotificationOptions> options,
    TimeProvider clock,
    ILogger<NotificationDispatcher> logger) : BackgroundService
{
    private const int TriesAtOnce = 3;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, INotificationSink> _sinks = sinks.ToDictionary(sink => sink.Name);
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = TriesAtOnce - 1,
            Delay = FirstRetry,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder().Handle<Exception>(error => error is not SinkRefusedException),
        })
        .AddTimeout(options.Value.Timeout)
        .Build();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_sinks.Count == 0)
        {
            return;
        }

        await tables.Ready.WaitAsync(stoppingToken);
        LogOn(string.Join(", ", _sinks.Keys));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await outbox.EnqueueAsync([.. _sinks.Keys], attributions.Read, stoppingToken);
                foreach (var delivery in await outbox.TakeAsync(Hold, stoppingToken))
                {
                    await DeliverAsync(delivery);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (NpgsqlException)
            {
                // Everything is kept there: it goes on once the database, whose health check speaks for it, is back.
            }

            await Task.Delay(options.Value.LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Longer than any attempt with its tries: nobody else takes what is still being sent. What is taken at once goes out in turn.
    private TimeSpan Hold => TimeSpan.FromMinutes(1) + (20 * TriesAtOnce * (options.Value.Timeout + FirstRetry));

    // Not ended by a stop: a message that has left must be noted. The tries' own bounds end it.
    private async Task DeliverAsync(NotificationDelivery delivery)
    {
        if (!_sinks.TryGetValue(delivery.Sink, out var sink))
        {
            await outbox.FailedAsync(delivery, "this sink is no longer configured", forGood: true, CancellationToken.None);
            return;
        }

        try
        {
            await _pipeline.ExecuteAsync(async stop => await sink.SendAsync(delivery.Notification, stop), CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever a receiver does, it is kept, counted and tried again.
        catch (Exception error)
        {
            var givenUp = await outbox.FailedAsync(delivery, error.Message, error is SinkRefusedException, CancellationToken.None);
            metrics.Count(delivery.Sink, givenUp ? "given_up" : "failed");
            if (givenUp || delivery.Attempts == 1)
            {
                LogFailed(delivery.Sink, error.Message, givenUp ? "given up" : "to be tried again");
            }

            return;
        }
#pragma warning restore CA1031

        await outbox.SentAsync(delivery, CancellationToken.None);
        metrics.Count(delivery.Sink, "sent");
    }

    [LoggerMessage(LogLevel.Information, "Alerts are told to {Sinks}.")]
    private partial void LogOn(string sinks);

    [LoggerMessage(LogLevel.Warning, "An alert for {Sink} did not arrive: {Reason}; {Next}.")]
    private partial void LogFailed(string sink, string reason, string next);
}
