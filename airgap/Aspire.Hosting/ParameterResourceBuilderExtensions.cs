using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Parameters;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Values given from outside, as resources.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => Configured(builder, name) ?? throw Missing(name), secret));

    /// <summary>Adds a parameter with a fixed value.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a parameter with a computed value.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));
        }

        var parameter = new ParameterResource(name, _ => Configured(builder, name) ?? valueGetter(), secret);
        if (publishValueAsDefault)
        {
            parameter.Default = new ConstantParameterDefault(valueGetter);
        }

        return builder.AddResource(parameter);
    }

    /// <summary>Adds a parameter with a default.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="value">Makes the value where <c>Parameters:NAME</c> is not set.</param>
    /// <param name="secret">Whether it is hidden in manifests and logs.</param>
    /// <param name="persist">Whether a made-up value is kept in the user's secrets for the next run.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        var values = GeneratedValues.Of(builder.AppHostAssembly, persist);
        return builder.AddResource(new ParameterResource(
            name, @default => Configured(builder, name) ?? values.GetOrAdd(Key(name), @default!.GetDefaultValue), secret) { Default = value });
    }

    /// <summary>Adds a connection string whose value is <c>ConnectionStrings:NAME</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConnectionStringParameterResource(
            name,
            _ => builder.Configuration.GetConnectionString(name)
                ?? throw new MissingParameterValueException($"Connection string '{name}' has no value: set ConnectionStrings:{name} in AppHost's configuration."),
            environmentVariableName));

    internal static ParameterResource CreateGeneratedPassword(IDistributedApplicationBuilder builder, string name)
    {
        var values = GeneratedValues.Of(builder.AppHostAssembly, persist: true);
        return new(name, @default => Configured(builder, name) ?? values.GetOrAdd(Key(name), @default!.GetDefaultValue), secret: true)
        {
            Default = new GenerateParameterDefault(),
        };
    }

    // Variables cannot have hyphens in their names, so an underscore stands for one.
    private static string? Configured(IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[Key(name)] ?? builder.Configuration[Key(name.Replace('-', '_'))];

    private static string Key(string name) => $"Parameters:{name}";

    private static MissingParameterValueException Missing(string name) =>
        new($"Parameter '{name}' has no value: set Parameters:{name} in AppHost's configuration.");
}
