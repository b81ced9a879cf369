using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>Sign-in between services, of people, and of gateways.</summary>
public static class SuiteAuthExtensions
{
    /// <summary>Adds <see cref="SuiteTokens"/>, the handler that checks them, and the policies of <see cref="SuitePolicies"/>.</summary>
    /// <remarks>Part of <see cref="Extensions.AddServiceDefaults{TBuilder}"/>. The host does not start with a key that is missing or too short.</remarks>
    /// <returns>The builder it was given.</returns>
    internal static TBuilder AddSuiteAuthentication<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<SuiteKeyOptions>().BindConfiguration(SuiteKeyOptions.Section)
            .Validate(options => SuiteKeyOptions.IsLongEnough(options.Key), KeyMessage(nameof(SuiteKeyOptions.Key)))
            .Validate(options => string.IsNullOrEmpty(options.DataPlaneKey) || SuiteKeyOptions.IsLongEnough(options.DataPlaneKey), KeyMessage(nameof(SuiteKeyOptions.DataPlaneKey)))
            .ValidateOnStart();
        builder.Services.AddSuiteOptions<SuiteEndpointOptions>(SuiteEndpointOptions.Section);
        builder.Services.AddOptions<SuiteTlsOptions>().BindConfiguration(SuiteTlsOptions.Section);
        builder.Services.TryAddSingleton<SuiteTokens>();
        builder.Services.TryAddSingleton<ServiceToken>();
        builder.Services.TryAddSingleton<DataPlaneAccess>();
        builder.Services.AddAuthentication(SuiteAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SuiteAuthenticationHandler>(SuiteAuthenticationHandler.SchemeName, _ => { });
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(SuitePolicies.Viewer, policy => policy.RequireRole(SuiteRoles.Viewer, SuiteRoles.Operator, SuiteRoles.Service))
            .AddPolicy(SuitePolicies.Operator, policy => policy.RequireRole(SuiteRoles.Operator, SuiteRoles.Service))
            .AddPolicy(SuitePolicies.Service, policy => policy.RequireRole(SuiteRoles.Service))
            .AddPolicy(SuitePolicies.DataPlane, policy => policy.RequireRole(SuiteRoles.Gateway, SuiteRoles.Service));
        return builder;
    }

    /// <summary>Stops the start-up of a service whose data plane others than this machine can reach without a key or mutual TLS.</summary>
    /// <returns>The builder it was given.</returns>
    public static TBuilder RequireDataPlaneKeyUnlessLoopback<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SuiteKeyOptions>, DataPlaneKeyCheck>());
        return builder;
    }

    /// <summary>Marks endpoints as data plane: open to all on loopback while neither key nor mutual TLS is set, else for <see cref="SuitePolicies.DataPlane"/>.</summary>
    /// <returns>The endpoints it was given.</returns>
    public static TEndpoints RequireDataPlaneAccess<TEndpoints>(this TEndpoints endpoints)
        where TEndpoints : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint => endpoint.Metadata.Add(
            endpoint.ApplicationServices.GetRequiredService<DataPlaneAccess>().IsOpen
                ? new AllowAnonymousAttribute()
                : new AuthorizeAttribute(SuitePolicies.DataPlane)));
        return endpoints;
    }

    private static string KeyMessage(string name) =>
        $"Suite:{name} must have at least {SuiteKeyOptions.MinKeyBytes} bytes; set it by the environment variable Suite__{name}. AppHost does this by itself.";
}
