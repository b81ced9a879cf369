using System.Reflection;

namespace Aspire.Hosting;

/// <summary>What AppHost's build notes in its assembly.</summary>
internal static class AppHostMetadata
{
    public const string ProjectPath = "apphostprojectpath";
    public const string Broker = "standinbroker";

    public static string? Of(Assembly? appHost, string key) => appHost?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(a => string.Equals(a.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
