using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>Writes topic <c>model-events</c>. What Kafka does not take is dropped and logged: readers poll the registry besides.</summary>
internal sealed partial class KafkaModelEvents(
    IProducer<byte[], byte[]> producer, ModelRegistryReader reader, TrainerMetrics metrics, ILogger<KafkaModelEvents> logger)
    : BackgroundService, IModelEvents
{
    private const int Waiting = 256;
    private static readonly byte[] Key = Encoding.UTF8.GetBytes(Topics.ConstantKey);

    private readonly Channel<(ModelChange Change, DateTimeOffset At)> _changes =
        Channel.CreateBounded<(ModelChange, DateTimeOffset)>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <inheritdoc/>
    public void Publish(ModelChange change, DateTimeOffset at)
    {
        metrics.Changed(change.Event);
        _changes.Writer.TryWrite((change, at));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (change, at) in _changes.Reader.ReadAllAsync(stoppingToken))
            {
                await SendAsync(change, at, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task SendAsync(ModelChange change, DateTimeOffset at, CancellationToken stoppingToken)
    {
        try
        {
            var record = await reader.GetAsync(change.Version, stoppingToken);
            var json = EventJson.Write(new ModelEvent
            {
                Event = change.Event, ModelVersion = change.Version, Sha256 = record?.Sha256 ?? "", SchemaHash = record?.SchemaHash ?? "",
                Share = change.Share, PreviousVersion = change.Champion, Reason = change.Reason, Timestamp = at,
            });
            producer.Produce(Topics.ModelEvents, new Message<byte[], byte[]> { Key = Key, Value = json }, report =>
            {
                if (report.Error.IsError)
                {
                    LogLost(change.Event, change.Version, report.Error.Reason);
                }
            });
        }
        catch (Exception fault) when (fault is KafkaException or NpgsqlException)
        {
            LogLost(change.Event, change.Version, fault.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Event {Event} of {Version} was not published: {Reason}")]
    private partial void LogLost(string @event, string version, string reason);
}
