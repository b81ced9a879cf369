using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>The Limiter in a process of its own, so that its time is not the load's.</summary>
internal sealed class LimiterServer : IDisposable
{
    private const string Policies =
        """
        domains:
          - name: default
            policies:
              - name: bench
                capacity: 1000000000
                cold_start: 1
                trust_caller_features: true
        """;

    private static readonly string[] EventDrops = ["\"decisions_queue_full\"", "\"outcomes_queue_full\"", "\"spool_full\""];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Process? _broker;
    private readonly string _folder;
    private readonly HttpClient _http;

    private LimiterServer(Process process, Process? broker, string folder, int emptyPort, int httpPort, int grpcPort)
    {
        (_process, _broker, _folder) = (process, broker, folder);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = TimeSpan.FromSeconds(5) };
        Empty = new Uri($"http://127.0.0.1:{emptyPort}");
        Limiter = new Uri($"http://127.0.0.1:{grpcPort}");
    }

    /// <summary>Where the handler listens that does nothing.</summary>
    public Uri Empty { get; }

    /// <summary>Where the Limiter listens.</summary>
    public Uri Limiter { get; }

    /// <summary>Whether decisions go to a broker; else they go to the spool.</summary>
    public bool HasBroker => _broker is not null;

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan Used
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Events of decisions and outcomes that found no room, by its metrics.</summary>
    public long LostEvents
    {
        get
        {
            using var answer = _http.Send(new HttpRequestMessage(HttpMethod.Get, "/metrics"));
            using var lines = new StreamReader(answer.EnsureSuccessStatusCode().Content.ReadAsStream());
            var lost = 0L;
            while (lines.ReadLine() is { } line)
            {
                if (line.StartsWith("limiter_drops_total{", StringComparison.Ordinal) && Array.Exists(EventDrops, cause => line.Contains(cause, StringComparison.Ordinal)))
                {
                    lost += (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
                }
            }

            return lost;
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="model">A LightGBM text to serve.</param>
    public static LimiterServer Start(string model)
    {
        var folder = Directory.CreateTempSubdirectory("bench-grpc-").FullName;
        File.WriteAllText(Path.Combine(folder, "model.txt"), model);
        File.WriteAllText(Path.Combine(folder, "policies.yaml"), Policies);
        var (broker, bootstrap) = StartBroker();
        var ports = FreePorts(4);
        string[] arguments =
        [
            ServeCommand.Word, $"{ports[0]}", $"{ports[1]}", $"--HTTP_PORT={ports[2]}", $"--GRPC_PORT={ports[3]}", $"--Limiter:DataFolder={folder}",
            $"--Limiter:ModelFile={folder}/model.txt", $"--Limiter:PolicyFile={folder}/policies.yaml", $"--Suite:Key={new string('k', 48)}",
            $"--ConnectionStrings:broker={bootstrap}", "--ConnectionStrings:suite=Host=127.0.0.1;Port=9;Username=x;Database=suite;Timeout=1",
            "--services:explainer:grpc:0=http://127.0.0.1:9", "--Logging:LogLevel:Default=Critical",
        ];
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var server = new LimiterServer(process, broker, folder, ports[1], ports[2], ports[3]);
        server.UntilReady();
        return server;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        End(_process);
        if (_broker is not null)
        {
            End(_broker);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    // The embedded broker, where it is built beside the benchmarks.
    private static (Process? Broker, string Bootstrap) StartBroker()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = new[] { output.Name, "debug" }.Select(configuration => Path.Combine(output.Parent!.Parent!.FullName, "Broker", configuration, "Broker.dll"))
            .FirstOrDefault(File.Exists);
        if (program is null)
        {
            return (null, "127.0.0.1:9");
        }

        var broker = Process.Start(new ProcessStartInfo("dotnet", [program, "--port", "0"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        var line = broker.StandardOutput.ReadLine() ?? "";
        return (broker, line[(line.LastIndexOf(' ') + 1)..]);
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        Array.ForEach(sockets, socket => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
        var ports = Array.ConvertAll(sockets, socket => ((IPEndPoint)socket.LocalEndPoint!).Port);
        Array.ForEach(sockets, socket => socket.Dispose());
        return ports;
    }

    private void UntilReady()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = _http.Send(new HttpRequestMessage(HttpMethod.Get, "/health"));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                if (_process.HasExited || watch.Elapsed > Patience)
                {
                    throw new InvalidOperationException("The Limiter did not start; its errors are above.", fault);
                }

                _process.WaitForExit(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
