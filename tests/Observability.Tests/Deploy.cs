using System.Diagnostics;
using YamlDotNet.RepresentationModel;

namespace RateLimitSuite.Observability.Tests;

/// <summary>The files of <c>deploy/</c>, and the programs that read them.</summary>
internal static class Deploy
{
    // A week of rules takes a busy machine a while.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(8);

    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, "deploy", .. parts]);

    public static string[] Files(string folder, string pattern) => [.. Directory.GetFiles(PathOf(folder), pattern).Order(StringComparer.Ordinal)];

    public static YamlMappingNode Yaml(string path)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(path);
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    public static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Longest);
        await process.WaitForExitAsync().WaitAsync(Longest);
        return (process.ExitCode, string.Concat(said));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RateLimitSuite.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no RateLimitSuite.sln above the tests.");
        }

        return folder.FullName;
    }
}
