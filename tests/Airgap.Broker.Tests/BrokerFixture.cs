using Confluent.Kafka;

namespace RateLimitSuite.Airgap.Broker.Tests;

/// <summary>One broker for the tests of a class, and the clients they need.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private BrokerProcess? _broker;

    public async Task InitializeAsync() => _broker = await BrokerProcess.StartAsync();

    public Task DisposeAsync()
    {
        _broker?.Dispose();
        return Task.CompletedTask;
    }

    public IProducer<string, byte[]> CreateProducer() => CreateProducer(_broker!.Bootstrap);

    public IConsumer<string, byte[]> CreateConsumer(string? group = null) => CreateConsumer(_broker!.Bootstrap, group);

    public static IProducer<string, byte[]> CreateProducer(string bootstrap) => new ProducerBuilder<string, byte[]>(new ProducerConfig
    {
        BootstrapServers = bootstrap,
        EnableIdempotence = true,
        LingerMs = 0,
        ReconnectBackoffMs = 20,
        ReconnectBackoffMaxMs = 200,
    }).SetLogHandler((_, _) => { }).Build();

    public static IConsumer<string, byte[]> CreateConsumer(string bootstrap, string? group = null) => new ConsumerBuilder<string, byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrap,
        GroupId = group ?? "none",
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoOffsetStore = false,
        SessionTimeoutMs = 6000,   // The mock cluster waits for members as long as this, less a second, in each rebalance but the first.
        AllowAutoCreateTopics = true,
    }).SetLogHandler((_, _) => { }).Build();

    public static string NewTopic() => $"topic-{Guid.NewGuid():N}";

    public static async Task<List<DeliveryResult<string, byte[]>>> ProduceAsync(IProducer<string, byte[]> producer, string topic, int count, int start = 0)
    {
        var results = new List<DeliveryResult<string, byte[]>>();
        for (var i = start; i < start + count; i++)
        {
            results.Add(await producer.ProduceAsync(topic, new Message<string, byte[]> { Key = $"{i}", Value = [(byte)i] }));
        }

        return results;
    }

    /// <summary>Reads as many records as are expected; fewer are an error.</summary>
    public static List<ConsumeResult<string, byte[]>> Consume(IConsumer<string, byte[]> consumer, int count)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var records = new List<ConsumeResult<string, byte[]>>();
        while (records.Count < count)
        {
            records.Add(consumer.Consume(timeout.Token));
        }

        return records;
    }
}
