using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Airgap.Components.Tests.Components;

public sealed class KafkaComponentTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task AddKafkaProducerAndConsumer_OneHost_PassARecord()
    {
        using var host = CreateHost(
            builder =>
            {
                builder.AddKafkaProducer<string, string>("broker");
                builder.AddKafkaConsumer<string, string>("broker", settings =>
                {
                    settings.Config.GroupId = "test";
                    settings.Config.AutoOffsetReset = AutoOffsetReset.Earliest;
                    settings.Config.SessionTimeoutMs = 6_000;
                });
            },
            ("ConnectionStrings:broker", broker.Servers));
        var topic = $"topic-{Guid.NewGuid():N}";
        await host.Services.GetRequiredService<IProducer<string, string>>().ProduceAsync(topic, new Message<string, string> { Key = "k", Value = "v" });
        var consumer = host.Services.GetRequiredService<IConsumer<string, string>>();

        consumer.Subscribe(topic);
        var record = await Task.Run(() => consumer.Consume(TimeSpan.FromSeconds(60)));

        Assert.Equal("v", record?.Message.Value);
        consumer.Close();
    }

    [Fact]
    public async Task HealthChecks_BrokerIsThere_AreHealthyUnderTheirNames()
    {
        using var host = CreateHost(
            builder =>
            {
                builder.AddKafkaProducer<byte[], byte[]>("broker");
                builder.AddKeyedKafkaConsumer<byte[], byte[]>("other", settings => settings.Config.GroupId = "g");
            },
            ("ConnectionStrings:broker", broker.Servers),
            ("ConnectionStrings:other", broker.Servers));

        // The check's own limit is a second, which the topic's creation may take on a busy machine: the second answer counts.
        await CheckAsync(host);
        var report = await CheckAsync(host);

        Assert.Equal(["Aspire.Confluent.Kafka.Consumer_other", "Aspire.Confluent.Kafka.Producer"], report.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, report.Status);
    }

    [Fact]
    public async Task HealthCheck_BrokerIsAway_IsUnhealthy()
    {
        using var host = CreateHost(builder => builder.AddKafkaProducer<byte[], byte[]>("broker"), ("ConnectionStrings:broker", "127.0.0.1:1"));

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host)).Status);
    }

    [Fact]
    public void Settings_FromConfiguration_AreBoundInOrder()
    {
        KafkaProducerSettings? seen = null;
        using var host = CreateHost(
            builder => builder.AddKafkaProducer<byte[], byte[]>("broker", settings => seen = settings),
            ("Aspire:Confluent:Kafka:Producer:DisableHealthChecks", "true"),
            ("Aspire:Confluent:Kafka:Producer:Config:LingerMs", "7"),
            ("Aspire:Confluent:Kafka:Producer:Config:Acks", "Leader"),
            ("Aspire:Confluent:Kafka:Producer:broker:Config:LingerMs", "9"),
            ("ConnectionStrings:broker", "a:1,b:2"));

        Assert.True(seen!.DisableHealthChecks);
        Assert.Equal(9, seen.Config.LingerMs);
        Assert.Equal(Acks.Leader, seen.Config.Acks);
        Assert.Equal("a:1,b:2", seen.Config.BootstrapServers);
        Assert.Equal(1000, seen.Config.StatisticsIntervalMs);
    }

    [Fact]
    public void Resolve_ConsumerWithoutGroup_ThrowsAndNamesTheSetting()
    {
        using var host = CreateHost(builder => builder.AddKafkaConsumer<byte[], byte[]>("broker"), ("ConnectionStrings:broker", broker.Servers));

        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConsumer<byte[], byte[]>>());

        Assert.Contains("GroupId", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_NoServer_ThrowsAndNamesTheSetting()
    {
        using var host = CreateHost(builder => builder.AddKafkaProducer<byte[], byte[]>("broker"));

        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IProducer<byte[], byte[]>>());

        Assert.Contains("ConnectionStrings:broker", error.Message, StringComparison.Ordinal);
    }

    private static IHost CreateHost(Action<IHostApplicationBuilder> add, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddLogging();
        add(builder);
        return builder.Build();
    }

    private static Task<HealthReport> CheckAsync(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
}
