using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Kafka;

public sealed class LogIdentityTests
{
    [Fact]
    public async Task Find_SameLog_IsTheSame_NewLog_IsAnother()
    {
        await using var broker = await BrokerProcess.StartNewAsync();

        var first = Find(broker, known: null);
        var again = Find(broker, known: null);
        await broker.StopAsync();
        await broker.StartAsync();
        var afterLoss = Find(broker, known: first);

        Assert.True(Guid.TryParse(first, out _));
        Assert.Equal(first, again);
        Assert.NotEqual(first, afterLoss);
    }

    private static string Find(BrokerProcess broker, string? known)
    {
        using var host = ReaderHost.Create(broker.Servers);
        return LogIdentity.Find(host.Services.GetRequiredService<KafkaConsumerFactory>(), known, CancellationToken.None);
    }
}
