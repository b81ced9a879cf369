using System.Diagnostics;
using Confluent.Kafka;
using static RateLimitSuite.Airgap.Broker.Tests.BrokerFixture;

namespace RateLimitSuite.Airgap.Broker.Tests;

public class BrokerLifetimeTests
{
    [Fact]
    public async Task Restart_SamePort_LosesWhatItHeldAndServesTheSameProducer()
    {
        var topic = NewTopic();
        var first = await BrokerProcess.StartAsync();
        using var producer = CreateProducer(first.Bootstrap);
        await ProduceAsync(producer, topic, 20);
        first.Kill();
        await first.WaitForExitAsync();

        using var second = await BrokerProcess.StartAsync(first.Port);
        var result = await producer.ProduceAsync(topic, new Message<string, byte[]> { Key = "after", Value = [1] }).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, result.Offset.Value);
        using var consumer = CreateConsumer(second.Bootstrap);
        consumer.Assign(new TopicPartitionOffset(result.TopicPartition, Offset.Beginning));
        Assert.Equal("after", Assert.Single(Consume(consumer, 1)).Message.Key);
        first.Dispose();
    }

    [Fact]
    public async Task Restart_SamePort_AssignedConsumerStartsAgainAtTheBeginning()
    {
        var topic = NewTopic();
        using var first = await BrokerProcess.StartAsync();
        using var producer = CreateProducer(first.Bootstrap);
        await ProduceAsync(producer, topic, 20);
        using var consumer = CreateConsumer(first.Bootstrap);
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        Consume(consumer, 20);
        first.Kill();
        await first.WaitForExitAsync();

        using var second = await BrokerProcess.StartAsync(first.Port);
        using var newProducer = CreateProducer(second.Bootstrap);
        await ProduceAsync(newProducer, topic, 1, start: 100);

        Assert.Equal("100", Assert.Single(Consume(consumer, 1)).Message.Key);
    }

    [Fact]
    public async Task StandardInput_Closed_EndsIt()
    {
        using var broker = await BrokerProcess.StartAsync();

        broker.Input.Close();

        Assert.Equal(0, await broker.WaitForExitAsync());
    }

    [Fact]
    public async Task SigTerm_EndsIt()
    {
        using var broker = await BrokerProcess.StartAsync();

        using var kill = Process.Start("kill", ["-TERM", $"{broker.Id}"]);

        Assert.Equal(0, await broker.WaitForExitAsync());
    }

    [Fact]
    public async Task Parent_KilledAtOnce_EndsItThoughItsInputStaysOpen()
    {
        // The shell passes on our pipe as input, so that only its death can be what ends the broker.
        using var parent = await BrokerProcess.StartAsync(
            file: "bash", arguments: ["-c", $"exec 3<&0; dotnet '{BrokerProcess.Program}' --port 0 <&3 & wait"]);

        parent.Kill();

        await parent.WaitForEndOfOutputAsync();
    }

    [Theory]
    [InlineData("--port is missing.")]
    [InlineData("--port needs a number.", "--port")]
    [InlineData("--port is '65536'; it must be 0..65535.", "--port", "65536")]
    [InlineData("--port is '-1'; it must be 0..65535.", "--port", "-1")]
    [InlineData("'--ports' is not understood.", "--ports", "1", "2")]
    public async Task Arguments_Wrong_AreNamedBesideTheUsage(string problem, params string[] arguments)
    {
        var (exitCode, error) = await BrokerProcess.RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.Contains("usage:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_Taken_IsNamed()
    {
        using var broker = await BrokerProcess.StartAsync();

        var (exitCode, error) = await BrokerProcess.RunAsync("--port", $"{broker.Port}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"127.0.0.1:{broker.Port}", error, StringComparison.Ordinal);
    }
}
