using System.Runtime.InteropServices;

namespace Aspire.Hosting.Orchestration;

/// <summary>The <c>dotnet</c> program that runs AppHost, for its services.</summary>
internal static class DotnetHost
{
    // The runtime lies in HOST/shared/Microsoft.NETCore.App/VERSION/.
    public static string Path { get; } =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
}
