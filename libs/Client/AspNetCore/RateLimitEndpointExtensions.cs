using RateLimitSuite.Client.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Limits endpoints by the suite.</summary>
public static class RateLimitEndpointExtensions
{
    /// <summary>Gives endpoints a domain or a cost of their own.</summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="domain">Selects policies; null: the client's default.</param>
    /// <param name="cost">Tokens, 0 or more; null: the policy's.</param>
    /// <returns>The builder it was given.</returns>
    public static TBuilder LimitBySuite<TBuilder>(this TBuilder builder, string? domain = null, double? cost = null)
        where TBuilder : IEndpointConventionBuilder
    {
        if (cost is { } tokens && !(tokens >= 0 && double.IsFinite(tokens)))
        {
            throw new ArgumentOutOfRangeException(nameof(cost), cost, "A cost is a finite number, 0 or more.");
        }

        builder.Add(endpoint => endpoint.Metadata.Add(new RateLimitMetadata(domain, cost)));
        return builder;
    }

    /// <summary>Takes endpoints out, such as health checks.</summary>
    /// <param name="builder">The endpoints.</param>
    /// <returns>The builder it was given.</returns>
    public static TBuilder DisableSuiteLimit<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new RateLimitMetadata(IsLimited: false)));
        return builder;
    }

    /// <summary>Decides about every request to an endpoint, sets the header fields, answers 429, and reports what became of the others.</summary>
    /// <param name="app">After routing and authentication, so that endpoint and user are known.</param>
    /// <param name="configure">Who the client is, and further settings.</param>
    /// <returns>The application it was given.</returns>
    public static IApplicationBuilder UseRateLimitSuite(this IApplicationBuilder app, Action<RateLimitMiddlewareOptions>? configure = null)
    {
        var options = new RateLimitMiddlewareOptions();
        configure?.Invoke(options);
        return app.UseMiddleware<RateLimitMiddleware>(options);
    }
}
