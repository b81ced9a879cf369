using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults.Tests.Kafka;

public sealed class SuiteProducerTests
{
    [Fact]
    public void Produce_BrokerIsAwayAndTheQueueIsFull_ThrowsInsteadOfWaiting()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:broker", "127.0.0.1:1"),
            new("Aspire:Confluent:Kafka:Producer:Config:QueueBufferingMaxMessages", "10"),
        ]);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSuiteProducer("broker");
        using var host = builder.Build();
        var producer = host.Services.GetRequiredService<IProducer<byte[], byte[]>>();

        for (var i = 0; i < 10; i++)
        {
            producer.Produce("topic", new Message<byte[], byte[]> { Value = [1] });
        }

        var error = Assert.Throws<ProduceException<byte[], byte[]>>(() => producer.Produce("topic", new Message<byte[], byte[]> { Value = [1] }));
        Assert.Equal(ErrorCode.Local_QueueFull, error.Error.Code);
    }
}
