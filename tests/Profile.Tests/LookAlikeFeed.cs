using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RateLimitSuite.Profiles.Tests;

/// <summary>A folder feed with packages that have the right names and versions and nothing inside: enough to be chosen by.</summary>
internal sealed partial class LookAlikeFeed(string folder, string repository)
{
    private const string SdkProperty = "BundledNETCoreAppPackageVersion";

    // The one version that no file of the repository states: the SDK's own.
    private static readonly Lazy<string> SdkRuntimeVersion = new(() =>
    {
        var project = Path.Combine(Path.GetTempPath(), $"sdk-version-{Guid.NewGuid():N}.csproj");
        File.WriteAllText(project, """<Project Sdk="Microsoft.NET.Sdk" />""");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, $"-getProperty:{SdkProperty}"]) { RedirectStandardOutput = true })!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        finally
        {
            File.Delete(project);
        }
    });

    /// <summary>Adds every package that a probe of <c>eng/probe</c> asks for.</summary>
    public void AddGroup(string group)
    {
        var versions = XDocument.Load(Path.Combine(repository, "eng/Versions.props")).Descendants("PropertyGroup").Elements()
            .ToDictionary(e => e.Name.LocalName, e => e.Value);
        versions[SdkProperty] = SdkRuntimeVersion.Value;
        var probe = XDocument.Load(Path.Combine(repository, $"eng/probe/{group}.csproj"));
        foreach (var reference in probe.Descendants().Where(e => e.Name == "PackageReference" || e.Name == "PackageDownload"))
        {
            Add((string)reference.Attribute("Include")!, Expand((string)reference.Attribute("Version")!, versions).Trim('[', ']'));
        }
    }

    /// <summary>Adds one package; an AppHost SDK gets the two files that an SDK must have.</summary>
    public void Add(string name, string version)
    {
        using var archive = ZipFile.Open(Path.Combine(folder, $"{name}.{version}.nupkg"), ZipArchiveMode.Create);
        Write(archive, $"{name}.nuspec",
            $"""
             <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
             <id>{name}</id><version>{version}</version><authors>test</authors><description>look-alike</description>
             </metadata></package>
             """);
        Write(archive, "lib/net10.0/_._", "");
        Write(archive, "Sdk/Sdk.props", "<Project />");
        Write(archive, "Sdk/Sdk.targets", "<Project />");
    }

    private static void Write(ZipArchive archive, string path, string text)
    {
        using var writer = new StreamWriter(archive.CreateEntry(path).Open());
        writer.Write(text);
    }

    private static string Expand(string text, Dictionary<string, string> properties) =>
        Property().Replace(text, match => Expand(properties[match.Groups[1].Value], properties));

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Property();
}
