using System.Diagnostics;
using System.Net;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Client.Tests;

/// <summary>The real Limiter in a process of its own, with neither Postgres nor Kafka nor Explainer.</summary>
public sealed class LimiterServer : IAsyncDisposable
{
    /// <summary>What gateways show.</summary>
    public const string Key = "key-of-the-data-plane-0123456789abcdef0123456789";

    private const string Policies =
        """
        domains:
          - name: default
            policies:
              - name: three
                envelope: { min: 0, max: 1000 }
                fallback_rate: 0.001
                capacity: 3
                cold_start: 1
          - name: wide
            policies:
              - name: wide
                envelope: { min: 0, max: 1000 }
                fallback_rate: 900
                capacity: 100000
                cold_start: 1
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("client-tests-").FullName;
    private readonly int _http = FreePort.Take();
    private readonly int _grpc = FreePort.Take();
    private Process? _process;

    /// <summary>Its gRPC address, the same whenever it is started.</summary>
    public Uri Address => new($"http://127.0.0.1:{_grpc}");

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<LimiterServer> StartNewAsync()
    {
        var server = new LimiterServer();
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it again.</summary>
    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "policies.yaml"), Policies);
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _folder, RedirectStandardOutput = true };
        string[] arguments =
        [
            Assembly(), $"--HTTP_PORT={_http}", $"--GRPC_PORT={_grpc}", $"--Suite:Key={new string('k', 44)}", $"--Suite:DataPlaneKey={Key}",
            "--ConnectionStrings:suite=Host=127.0.0.1;Port=9;Username=x;Timeout=1", "--ConnectionStrings:broker=127.0.0.1:9",
            "--services:explainer:grpc:0=http://127.0.0.1:9", $"--Limiter:DataFolder={_folder}", "--Limiter:PolicyFile=policies.yaml", "--Logging:LogLevel:Default=Critical",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(Patience);
        while (!await IsReadyAsync(http, patience.Token))
        {
            Assert.False(_process.HasExited, "The Limiter has ended; its standard error says why.");
            await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>Kills it.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync($"http://127.0.0.1:{_http}/health", cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;   // It does not listen yet.
        }
    }

    // Output folders stand side by side: artifacts/bin/PROJECT/CONFIGURATION.
    private static string Assembly()
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Limiter.Service", configuration));
        return Directory.GetFiles(folder, "*.runtimeconfig.json").Single().Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal);
    }
}
