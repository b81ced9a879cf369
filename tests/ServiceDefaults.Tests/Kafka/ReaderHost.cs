using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults.Tests.Kafka;

/// <summary>A host with the suite's producer and consumers and nothing else.</summary>
internal static class ReaderHost
{
    public static IHost Create(string? servers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:broker", servers)]);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSuiteProducer("broker");
        builder.AddSuiteConsumer("broker");
        return builder.Build();
    }
}
