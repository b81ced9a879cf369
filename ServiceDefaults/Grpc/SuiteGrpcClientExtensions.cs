using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>Calls between the suite's services.</summary>
public static class SuiteGrpcClientExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Registers a gRPC client of a service, found by its name, at its endpoint <c>grpc</c>.</summary>
    /// <typeparam name="TClient">The generated client.</typeparam>
    /// <param name="builder">The calling service's builder, with <see cref="Extensions.AddServiceDefaults{TBuilder}"/>.</param>
    /// <param name="service">Name of the called service, such as <c>limiter</c>.</param>
    /// <param name="asService">True to send this service's token with calls that carry none. Give false where every call is made for a person.</param>
    /// <returns>The client's builder.</returns>
    /// <remarks>The standard resilience of HTTP clients is taken away: it would end a stream after 10 s and send one twice. A call has a deadline
    /// instead, and what is worth repeating its caller repeats.</remarks>
    public static IHttpClientBuilder AddSuiteGrpcClient<TClient>(this IHostApplicationBuilder builder, string service, bool asService = true)
        where TClient : class
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        var client = builder.Services.AddGrpcClient<TClient>(options => options.Address = new Uri($"http://_grpc.{service}"));
        client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingDelay,   // A peer that vanished without a word is noticed within a minute.
            KeepAlivePingTimeout = PingTimeout,
        });
#pragma warning disable EXTEXP0001 // Some versions publish it "for evaluation".
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        if (asService)
        {
            client.AddHttpMessageHandler(services => new ServiceTokenHandler(services.GetRequiredService<ServiceToken>()));
        }

        return client;
    }
}
