using Microsoft.Extensions.Configuration;

namespace RateLimitSuite.Contracts;

/// <summary>Reads the <see cref="FeatureSchema"/> from configuration.</summary>
/// <remarks>Limiter, Explainer, DriftMonitor, Trainer and Dashboard must be given the same: what was decided, stored or trained under another is refused by hash.</remarks>
public static class FeatureSchemaConfiguration
{
    /// <summary>The section.</summary>
    public const string Section = "Features";

    private const string Key = "Appended";

    /// <summary>Schema v1 with the features of <c>Features:Appended</c> after it, in the order of the list.</summary>
    /// <exception cref="ArgumentException">An entry is malformed: the message names its key.</exception>
    public static FeatureSchema GetFeatureSchema(this IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var schema = FeatureSchema.V1;
        foreach (var entry in configuration.GetSection($"{Section}:{Key}").GetChildren())
        {
            schema = Append(schema, entry);
        }

        return schema;
    }

    private static FeatureSchema Append(FeatureSchema schema, IConfigurationSection entry)
    {
        try
        {
            // A key that is misspelt would leave a default in force without a word.
            var feature = entry.Get<AppendedFeature>(options => options.ErrorOnUnknownConfiguration = true) ?? new AppendedFeature();
            return schema.Append(new Feature(
                feature.Name, feature.Unit, feature.Minimum, feature.Maximum, feature.Default, FeatureSource.Caller, feature.Categorical));
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            throw new ArgumentException($"{entry.Path} cannot be used: {fault.InnerException?.Message ?? fault.Message}");
        }
    }
}
