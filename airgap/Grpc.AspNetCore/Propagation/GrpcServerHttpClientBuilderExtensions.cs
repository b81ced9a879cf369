using Grpc.AspNetCore.ClientFactory;
using Grpc.Net.ClientFactory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets clients hand deadline and cancellation on.</summary>
public static class GrpcServerHttpClientBuilderExtensions
{
    /// <summary>Hands deadline and cancellation of the served call on to the client's calls.</summary>
    public static IHttpClientBuilder EnableCallContextPropagation(this IHttpClientBuilder builder) => builder.EnableCallContextPropagation(_ => { });

    /// <summary>Hands deadline and cancellation of the served call on to the client's calls.</summary>
    public static IHttpClientBuilder EnableCallContextPropagation(
        this IHttpClientBuilder builder, Action<GrpcContextPropagationOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configureOptions);
        var options = new GrpcContextPropagationOptions();
        configureOptions(options);
        builder.Services.AddHttpContextAccessor();
        builder.Services.TryAddSingleton<CallPropagation>();
        return builder.AddInterceptor(
            InterceptorScope.Channel,
            services => new PropagationInterceptor(services.GetRequiredService<IHttpContextAccessor>(), options));
    }
}
