using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Names volumes so that those of two applications do not meet.</summary>
public static class VolumeNameGenerator
{
    /// <summary><c>application-resource-suffix</c>, in lower case.</summary>
    public static string Generate<T>(IResourceBuilder<T> builder, string suffix)
        where T : IResource
    {
        var application = builder.ApplicationBuilder.Environment.ApplicationName;
#pragma warning disable CA1308 // Volume names are lower case.
        return $"{application}-{builder.Resource.Name}-{suffix}".ToLowerInvariant();
#pragma warning restore CA1308
    }
}
