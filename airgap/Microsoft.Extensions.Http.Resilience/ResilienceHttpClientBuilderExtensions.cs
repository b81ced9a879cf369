using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds resilience to HTTP clients.</summary>
public static class ResilienceHttpClientBuilderExtensions
{
    /// <summary>Limits, retries, breaks and times out this client's requests by <see cref="HttpStandardResilienceOptions"/>.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = string.IsNullOrEmpty(builder.Name) ? "standard" : $"{builder.Name}-standard";
        builder.Services.AddOptions<HttpStandardResilienceOptions>(name);

        // One pipeline for all handlers of a client, which are made anew every two minutes: its circuit outlives them.
        ResiliencePipeline<HttpResponseMessage>? pipeline = null;
        builder.AddHttpMessageHandler(services => new ResilienceHandler(
            LazyInitializer.EnsureInitialized(ref pipeline, () => Build(services, name))));
        return new Pipeline(name, builder.Services);
    }

    /// <summary>As the other overload, configured.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure)
    {
        var pipeline = builder.AddStandardResilienceHandler();
        pipeline.Services.Configure(pipeline.PipelineName, configure);
        return pipeline;
    }

    /// <summary>Takes all resilience handlers away from a client, such as those of the defaults of all clients.</summary>
    public static IHttpClientBuilder RemoveAllResilienceHandlers(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
        {
            foreach (var handler in handlers.OfType<ResilienceHandler>().ToList())
            {
                handlers.Remove(handler);
            }
        });
    }

    private static ResiliencePipeline<HttpResponseMessage> Build(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get(name);
        return new ResiliencePipelineBuilder<HttpResponseMessage> { Name = name, TimeProvider = services.GetService<TimeProvider>() }
            .AddStrategy(_ => new ConcurrencyStrategy(options.RateLimiter.DefaultRateLimiterOptions), new LimitOptions())
            .AddTimeout(options.TotalRequestTimeout)
            .AddRetry(options.Retry)
            .AddCircuitBreaker(options.CircuitBreaker)
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    private sealed record Pipeline(string PipelineName, IServiceCollection Services) : IHttpStandardResiliencePipelineBuilder;

    private sealed class LimitOptions : ResilienceStrategyOptions
    {
        public LimitOptions() => Name = "Standard-RateLimiter";
    }
}
