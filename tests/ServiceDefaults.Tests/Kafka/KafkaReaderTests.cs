using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Kafka;

public sealed class KafkaReaderTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private readonly string _topic = $"topic-{Guid.NewGuid():N}";

    [Fact]
    public async Task Handle_WholeTopic_GetsEveryRecordOfAllPartitionsAndSaysWhenItCaughtUp()
    {
        using var host = ReaderHost.Create(broker.Servers);
        await ProduceAsync(host, "a", "b", "c", "d", "e");
        using var reader = new RecordingReader(Consumers(host), new KafkaReaderOptions { Topics = [_topic] });

        await reader.StartAsync(default);

        Assert.Equal(["a", "b", "c", "d", "e"], (await reader.NextAsync(5)).Order());
        await reader.CaughtUpTask;
        await reader.StopAsync(default);
    }

    [Fact]
    public async Task Handle_ThrowsOnOneRecord_SkipsThatAndGoesOn()
    {
        using var host = ReaderHost.Create(broker.Servers);
        await ProduceAsync(host, new TopicPartition(_topic, 0), "good", "bad", "better");
        using var reader = new RecordingReader(Consumers(host), new KafkaReaderOptions { Topics = [_topic] })
        {
            Before = value =>
            {
                if (value == "bad")
                {
                    throw new FormatException("not a number");
                }
            },
        };

        await reader.StartAsync(default);

        Assert.Equal(["good", "better"], await reader.NextAsync(2));
        await reader.StopAsync(default);
    }

    [Fact]
    public async Task Handle_AsksToRetry_GetsTheSameRecordAgainInOrder()
    {
        using var host = ReaderHost.Create(broker.Servers);
        await ProduceAsync(host, new TopicPartition(_topic, 0), "1", "2", "3");
        var failures = 2;
        using var reader = new RecordingReader(Consumers(host), new KafkaReaderOptions { Topics = [_topic] })
        {
            Before = value =>
            {
                if (value == "2" && failures-- > 0)
                {
                    throw new RetryLaterException("the other side is away");
                }
            },
        };

        await reader.StartAsync(default);

        Assert.Equal(["1", "2", "3"], await reader.NextAsync(3));
        Assert.Equal(-1, failures);   // Two failed attempts, one good.
        await reader.StopAsync(default);
    }

    [Fact]
    public async Task Read_GroupStartedAgain_GoesOnBehindTheStoredOffset()
    {
        using var host = ReaderHost.Create(broker.Servers);
        var options = new KafkaReaderOptions { Topics = [_topic], GroupId = _topic };
        await ProduceAsync(host, new TopicPartition(_topic, 0), "1", "2");
        using (var first = new RecordingReader(Consumers(host), options))
        {
            await first.StartAsync(default);
            Assert.Equal(["1", "2"], await first.NextAsync(2));
            await first.StopAsync(default);   // Close commits what was stored.
        }

        await ProduceAsync(host, new TopicPartition(_topic, 0), "3");
        using var second = new RecordingReader(Consumers(host), options);
        await second.StartAsync(default);

        Assert.Equal("3", await second.NextAsync());
        await second.StopAsync(default);
    }

    [Fact]
    public async Task Read_OwnOffsetsInAGroup_StartsWhereTheReaderSays()
    {
        using var host = ReaderHost.Create(broker.Servers);
        await ProduceAsync(host, new TopicPartition(_topic, 0), "0", "1", "2");
        using var reader = new RecordingReader(Consumers(host), new KafkaReaderOptions { Topics = [_topic], GroupId = _topic, OwnOffsets = true })
        {
            Start = (partition, _) => partition.Partition == 0 ? new Offset(2) : Offset.Beginning,
        };

        await reader.StartAsync(default);

        Assert.Equal("2", await reader.NextAsync());
        await reader.StopAsync(default);
    }

    [Fact]
    public async Task Read_BrokerLostItsLog_AsksAgainWhereToStartWithAnotherIdentity()
    {
        await using var own = await BrokerProcess.StartNewAsync();
        using var host = ReaderHost.Create(own.Servers);
        await ProduceAsync(host, new TopicPartition(_topic, 0), "old");
        using var reader = new RecordingReader(Consumers(host), new KafkaReaderOptions { Topics = [_topic], OwnOffsets = true });
        await reader.StartAsync(default);
        Assert.Equal("old", await reader.NextAsync());

        await own.StopAsync();
        await own.StartAsync();
        await ProduceAsync(host, new TopicPartition(_topic, 0), "new");

        Assert.Equal("new", await reader.NextAsync());
        await reader.StopAsync(default);
        Assert.Equal(2, reader.Identities.Distinct().Count());
    }

    [Fact]
    public async Task Read_WholeTopicOfABrokerThatLostItsLog_GetsTheNewLogFromItsBeginning()
    {
        await using var own = await BrokerProcess.StartNewAsync();
        using var host = ReaderHost.Create(own.Servers);
        await ProduceAsync(host, new TopicPartition(_topic, 0), "old 0", "old 1");
        using var reader = new RecordingReader(Consumers(host), new KafkaReaderOptions { Topics = [_topic] });
        await reader.StartAsync(default);
        Assert.Equal(["old 0", "old 1"], await reader.NextAsync(2));

        await own.StopAsync();
        await own.StartAsync();
        await ProduceAsync(host, new TopicPartition(_topic, 0), "new 0", "new 1", "new 2");

        Assert.Equal(["new 0", "new 1", "new 2"], await reader.NextAsync(3));   // Not from 2 on, where it stood.
        await reader.StopAsync(default);
    }

    [Fact]
    public async Task FindIdentity_TwoReaders_AgreeOnOne()
    {
        using var host = ReaderHost.Create(broker.Servers);
        await ProduceAsync(host, "x");
        var options = new KafkaReaderOptions { Topics = [_topic], OwnOffsets = true };
        using var first = new RecordingReader(Consumers(host), options);
        using var second = new RecordingReader(Consumers(host), options);

        await Task.WhenAll(first.StartAsync(default), second.StartAsync(default));
        await Task.WhenAll(first.CaughtUpTask, second.CaughtUpTask);

        Assert.Equal(first.Identities.First(), second.Identities.First());
        await first.StopAsync(default);
        await second.StopAsync(default);
    }

    [Fact]
    public void AddSuiteConsumer_NoServerConfigured_NamesTheSetting()
    {
        using var host = ReaderHost.Create(servers: null);

        var error = Assert.Throws<InvalidOperationException>(() => Consumers(host));

        Assert.Contains("ConnectionStrings:broker", error.Message, StringComparison.Ordinal);
    }

    private static KafkaConsumerFactory Consumers(IHost host) => host.Services.GetRequiredService<KafkaConsumerFactory>();

    private Task ProduceAsync(IHost host, params string[] values) => ProduceAsync(host, new TopicPartition(_topic, Partition.Any), values);

    private static async Task ProduceAsync(IHost host, TopicPartition to, params string[] values)
    {
        var producer = host.Services.GetRequiredService<IProducer<byte[], byte[]>>();
        foreach (var value in values)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            await producer.ProduceAsync(to, new Message<byte[], byte[]> { Key = bytes, Value = bytes }).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
