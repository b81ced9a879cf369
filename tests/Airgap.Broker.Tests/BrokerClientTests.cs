using System.Collections.Concurrent;
using System.Security.Cryptography;
using Confluent.Kafka;
using static RateLimitSuite.Airgap.Broker.Tests.BrokerFixture;

namespace RateLimitSuite.Airgap.Broker.Tests;

/// <summary>What the suite asks of Kafka, asked of the embedded broker with the real client.</summary>
public sealed class BrokerClientTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const int Partitions = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Library_Loaded_IsTheVersionThatTheClientWasMadeFor()
    {
        Assert.StartsWith("2.15.1", Library.VersionString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Produce_Idempotent_NumbersEachPartitionWithoutGaps()
    {
        using var producer = broker.CreateProducer();

        var results = await ProduceAsync(producer, NewTopic(), 60);

        Assert.All(results, result => Assert.Equal(PersistenceStatus.Persisted, result.Status));
        Assert.All(
            results.GroupBy(result => result.Partition.Value),
            partition => Assert.Equal(Enumerable.Range(0, partition.Count()).Select(i => (long)i), partition.Select(result => result.Offset.Value)));
    }

    [Fact]
    public async Task Assign_FromTheBeginning_ReadsEveryRecordOfEveryPartition()
    {
        var topic = NewTopic();
        using var producer = broker.CreateProducer();
        await ProduceAsync(producer, topic, 50);
        using var consumer = broker.CreateConsumer();

        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));

        var keys = Consume(consumer, 50).Select(record => record.Message.Key);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}").Order(), keys.Order());
    }

    [Fact]
    public async Task QueryWatermarkOffsets_AfterProducing_TellsHowMuchEachPartitionHolds()
    {
        var topic = NewTopic();
        using var producer = broker.CreateProducer();
        var results = await ProduceAsync(producer, topic, 40);
        using var consumer = broker.CreateConsumer();

        foreach (var partition in results.GroupBy(result => result.TopicPartition))
        {
            var watermarks = consumer.QueryWatermarkOffsets(partition.Key, Patience);
            Assert.Equal(0, watermarks.Low.Value);
            Assert.Equal(partition.Count(), watermarks.High.Value);
        }
    }

    [Fact]
    public async Task Produce_900KilobyteRecord_ComesBackByteForByte()
    {
        var topic = NewTopic();
        var value = RandomNumberGenerator.GetBytes(900_000);
        using var producer = broker.CreateProducer();
        var result = await producer.ProduceAsync(topic, new Message<string, byte[]> { Key = "large", Value = value });
        using var consumer = broker.CreateConsumer();

        consumer.Assign(new TopicPartitionOffset(result.TopicPartition, Offset.Beginning));

        Assert.Equal(value, Assert.Single(Consume(consumer, 1)).Message.Value);
    }

    [Fact]
    public async Task Subscribe_GroupOfTwo_SharesThePartitionsAndResumesAtTheStoredOffsets()
    {
        var (topic, group) = (NewTopic(), $"group-{Guid.NewGuid():N}");
        using var producer = broker.CreateProducer();
        await ProduceAsync(producer, topic, 80);

        var (seen, owners) = (new ConcurrentDictionary<string, string>(), new ConcurrentDictionary<int, string>());
        using (var done = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        using (var first = broker.CreateConsumer(group))
        using (var second = broker.CreateConsumer(group))
        {
            await Task.WhenAll(
                Task.Run(() => ReadUntilShared("first", first, topic, seen, owners, done)),
                Task.Run(() => ReadUntilShared("second", second, topic, seen, owners, done)));
            first.Close();
            second.Close();
        }

        Assert.Equal(80, seen.Count);
        Assert.Equal(2, owners.Values.Count(owner => owner == "first"));
        Assert.Equal(2, owners.Values.Count(owner => owner == "second"));

        await ProduceAsync(producer, topic, 5, start: 80);
        using var third = broker.CreateConsumer(group);
        third.Subscribe(topic);
        Assert.Equal(["80", "81", "82", "83", "84"], Consume(third, 5).Select(record => record.Message.Key).Order());
        third.Close();
    }

    [Fact]
    public void GetMetadata_ThroughTheFixedPort_NamesAnotherPortForTheBroker()
    {
        using var producer = broker.CreateProducer();
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();

        var metadata = admin.GetMetadata(Patience);

        Assert.Equal("127.0.0.1", Assert.Single(metadata.Brokers).Host);
    }

    /// <summary>One member of the group: notes what it reads and owns until both own half and everything is read; then commits.</summary>
    private static void ReadUntilShared(
        string name, IConsumer<string, byte[]> consumer, string topic,
        ConcurrentDictionary<string, string> seen, ConcurrentDictionary<int, string> owners, CancellationTokenSource done)
    {
        consumer.Subscribe(topic);
        while (!done.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
            {
                seen[record.Message.Key] = name;
                consumer.StoreOffset(record);
            }

            foreach (var partition in consumer.Assignment)
            {
                owners[partition.Partition.Value] = name;
            }

            if (seen.Count == 80 && consumer.Assignment.Count == Partitions / 2 && owners.Values.Count(owner => owner == name) == Partitions / 2)
            {
                done.Cancel();
            }
        }

        consumer.Commit();
    }
}
