using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Tests.Api;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests;

/// <summary>The real Limiter.Service in a process of its own; it ends with its input, so killed tests leave none behind.</summary>
internal sealed class LimiterProcess : IAsyncDisposable
{
    private static readonly SuiteTokens Tokens = new(Options.Create(new SuiteKeyOptions { Key = LimiterHost.Key }), TimeProvider.System);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // The first line is the service's process id, for those who want to kill it. Input is kept as 3, as a shell takes it from what runs behind.
    private const string Script =
        """
        exec 3<&0
        "$@" <&- 3<&- >/dev/null &
        service=$!
        echo $service
        ( read -r _ <&3; kill -KILL $service ) 2>/dev/null &
        wait $service
        """;

    private readonly Process _process;
    private readonly int _service;
    private readonly string _folder;

    private LimiterProcess(Process process, int service, int httpPort, int grpcPort, string folder)
    {
        (_process, _service, _folder, GrpcPort) = (process, service, folder, grpcPort);
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}") };
    }

    public int GrpcPort { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; }

    public LimiterApi.LimiterApiClient Limiter => new(Channel);

    /// <summary>Starts one and waits until it is ready.</summary>
    public static async Task<LimiterProcess> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("limiter-process-").FullName;
        var (http, grpc) = (FreePort.Take(), FreePort.Take());
        string[] command =
        [
            "dotnet", typeof(LimiterOptions).Assembly.Location, $"--HTTP_PORT={http}", $"--GRPC_PORT={grpc}", $"--Limiter:DataFolder={folder}",
            $"--Suite:Key={LimiterHost.Key}", "--ConnectionStrings:broker=127.0.0.1:9",
            "--services:explainer:grpc:0=http://127.0.0.1:9", "--Logging:LogLevel:Default=Critical", .. settings,
        ];
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
        var service = int.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(Patience))!, CultureInfo.InvariantCulture);
        var limiter = new LimiterProcess(process, service, http, grpc, folder);
        await limiter.UntilReadyAsync();
        return limiter;
    }

    /// <summary>Asks for its status, as a person who may look.</summary>
    public async Task<LimiterStatus> StatusAsync() =>
        await Limiter.GetStatusAsync(new GetLimiterStatusRequest(), new Metadata { { "authorization", $"Bearer {Tokens.Issue("test", SuiteRoles.Viewer)}" } });

    /// <summary>SIGKILL: it can say no farewell.</summary>
    public async Task KillAsync()
    {
        using var service = Process.GetProcessById(_service);
        service.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_service}"]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Channel.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task UntilReadyAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync("/health", patience.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100, patience.Token);
        }
    }
}
