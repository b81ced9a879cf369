using System.Diagnostics;

namespace RateLimitSuite.Profiles.Tests;

/// <summary>Runs <c>dotnet</c> as a person would, without what the surrounding test run leaves in the environment.</summary>
internal static class DotNet
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>The repository that these tests were built in.</summary>
    public static string Repository { get; } = FindRepository();

    /// <returns>The exit code and all output.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // The machine's own choice of profile, and what a surrounding build leaves behind.
        foreach (var name in start.Environment.Keys
                     .Where(n => n.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || n.EndsWith("Packages", StringComparison.Ordinal)
                         || n is "PackageProfile" or "KafkaNativePackage" or "WebAssetsPackage" or "SuiteWaitForNative").ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, string.Concat(output));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RateLimitSuite.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
