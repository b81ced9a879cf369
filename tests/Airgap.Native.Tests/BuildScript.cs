using System.Diagnostics;
using System.Security.Cryptography;

namespace RateLimitSuite.Airgap.Native.Tests;

/// <summary>The build script in a folder and cache of its own, with a package, npm and compilers that are made up here.</summary>
internal sealed class BuildScript : IDisposable
{
    private const string Library = "librdkafka.so";

    // What the script calls beside the tools that it checks for.
    private static readonly string[] SystemTools =
    [
        "bash", "env", "awk", "cat", "cut", "dirname", "flock", "grep", "mkdir", "mktemp", "mv", "nice", "nproc", "rm", "sed", "setsid", "sha256sum",
        "sleep", "tail", "tar", "tee", "true", "uname", "cp", "gzip",
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("native-tests-");

    public BuildScript()
    {
        Directory.CreateDirectory(Path("tools"));
        foreach (var tool in SystemTools)
        {
            var found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => System.IO.Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
            File.CreateSymbolicLink(Path($"tools/{tool}"), found ?? throw new InvalidOperationException($"{tool} is not on the path."));
        }

        AddTool("npm", $"echo called >>'{Path("npm.log")}'; cp '{Path("package.tgz")}' . && echo package.tgz");
        AddTool("make", "echo 'cc -c a.c'; cp \"$2/rdkafka.c\" \"$2/librdkafka.so.1\"");
        AddTool("gcc", "exit 0");
        AddTool("g++", "exit 0");
        AddTool("cmake", "exit 0");
        File.Copy(System.IO.Path.Combine(AppContext.BaseDirectory, "build.sh"), Path("build.sh"));
        PackSources("the library");
    }

    /// <summary>How often npm was asked for the package.</summary>
    public int Fetches => File.Exists(Path("npm.log")) ? File.ReadAllLines(Path("npm.log")).Length : 0;

    public string CacheFolder => Path("cache/ratelimitsuite/native");

    public string LibraryFile => System.IO.Path.Combine(Directory.GetDirectories(CacheFolder, "librdkafka-9.9-*").Single(), Library);

    public void PackSources(string content, string? sha256 = null)
    {
        Directory.CreateDirectory(Path("package/deps/librdkafka/src"));
        File.WriteAllText(Path("package/deps/librdkafka/src/rdkafka.c"), content);
        WriteExecutable(Path("package/deps/librdkafka/configure"), "exit 0");
        using var tar = Process.Start("tar", ["-czf", Path("package.tgz"), "-C", _folder.FullName, "package"]);
        tar.WaitForExit();
        sha256 ??= Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path("package.tgz"))));
        File.WriteAllText(Path("sources"), $"librdkafka 9.9 made-up@1 {sha256} {Library}\n");
    }

    public void AddTool(string name, string script) => WriteExecutable(Path($"tools/{name}"), script);

    public void RemoveTool(string name) => File.Delete(Path($"tools/{name}"));

    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path("build.sh"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = Path("tools");
        start.Environment["XDG_CACHE_HOME"] = Path("cache");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output.WaitAsync(Patience) + await error.WaitAsync(Patience));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void WriteExecutable(string path, string script)
    {
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);
}
