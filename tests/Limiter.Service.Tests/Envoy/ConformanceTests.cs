using System.Diagnostics;
using System.Globalization;

namespace RateLimitSuite.Limiter.Tests.Envoy;

/// <summary>The rate limit service as other implementations of gRPC see it: grpc-js with Envoy's own protos, and C-core with bytes put together by hand.</summary>
/// <remarks>The cases are in <c>peers/</c>; tests/setup.sh.d installs what they need.</remarks>
public class ConformanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string Root = FindRoot();

    [Fact]
    public async Task ShouldRateLimit_AskedByNode_AnswersAsEnvoyExpects()
    {
        var modules = Path.Combine(Root, "artifacts", "envoy-peers", "node_modules");
        var lines = await RunAsync(17, "node", Peer("conformance.js"), modules);

        Assert.All(lines, line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ShouldRateLimit_AskedByPythonInBytes_AnswersAsDocumented()
    {
        var lines = await RunAsync(15, "/usr/bin/python3", Peer("conformance.py"));

        Assert.All(lines, line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> RunAsync(int cases, string program, params string[] arguments)
    {
        var rules = Directory.CreateTempSubdirectory("envoy-rules-").FullName;
        File.Copy(Peer("rules.yaml"), Path.Combine(rules, "rules.yaml"));
        await using var limiter = await LimiterProcess.StartAsync(
            $"--Limiter:EnvoyFolder={rules}", "--ConnectionStrings:suite=Host=127.0.0.1;Port=9;Username=x;Database=suite;Timeout=1");
        var start = new ProcessStartInfo(program, [.. arguments, limiter.GrpcPort.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        start.Environment["NODE_PATH"] = Path.Combine(Root, "artifacts", "envoy-peers", "node_modules");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["no_proxy"] = "127.0.0.1";
        using var process = Process.Start(start)!;
        var lines = (await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Directory.Delete(rules, recursive: true);
        Assert.True(lines.Length == cases, $"{lines.Length} of {cases} cases: {string.Join(Environment.NewLine, lines)}");
        return lines;
    }

    private static string Peer(string name) => Path.Combine(Root, "tests", "Limiter.Service.Tests", "Envoy", "peers", name);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RateLimitSuite.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No repository around {AppContext.BaseDirectory}.");
    }
}
