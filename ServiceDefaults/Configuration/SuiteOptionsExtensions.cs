using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Settings of a service.</summary>
public static class SuiteOptionsExtensions
{
    /// <summary>Binds settings to a section and holds each field against its annotations before the host starts.</summary>
    /// <typeparam name="T">The settings, annotated with <c>Range</c>, <c>Required</c>, <c>RegularExpression</c> and kin.</typeparam>
    /// <param name="services">The service's services.</param>
    /// <param name="section">The configuration section, which messages name: <c>Limiter:ClientsMax is 1; it must be 256..200000000.</c></param>
    /// <returns>For further checks.</returns>
    public static OptionsBuilder<T> AddSuiteOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>>(new FieldValidation<T>(section)));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }
}
