using System.Diagnostics;
using System.Globalization;

namespace RateLimitSuite.TestSupport;

/// <summary>A private PostgreSQL in a temporary folder: no fsync, trust on loopback, gone when disposed or when this process ends in any way.</summary>
/// <remarks>The server runs under a shell that waits for the end of its input, which this process holds: killed tests leave no server behind.
/// As root it runs as user <c>postgres</c>, since PostgreSQL refuses root.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string ReadyLine = "database system is ready to accept connections";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    // $1 programs, $2 data folder, $3 port, $4 whether a commit waits for its log record to be written. SIGINT is PostgreSQL's fast stop. Input is kept as 3, as a shell takes it from what runs
    // behind. At its end the server stops; the data stays only where a line came before.
    private const string Script =
        """
        exec 3<&0
        "$1/postgres" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$2" \
          -c fsync=off -c synchronous_commit="$4" -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB <&- 3<&- &
        server=$!
        ( while read -r _ <&3; do touch "$2.keep"; done; kill -INT $server ) 2>/dev/null &
        reader=$!
        wait $server
        kill $reader 2>/dev/null
        if [ -e "$2.keep" ]; then rm "$2.keep"; else rm -rf "$2"; fi
        """;

    private readonly string _folder;
    private readonly int _port;
    private readonly bool _durable;
    private Process? _process;

    private PostgresServer(string folder, int port, bool durable) => (_folder, _port, _durable) = (folder, port, durable);

    /// <summary>Makes a new, empty server and starts it.</summary>
    /// <param name="durable">Whether what it committed outlives <see cref="KillAsync"/>; a little slower.</param>
    public static async Task<PostgresServer> StartNewAsync(bool durable = false)
    {
        var folder = Directory.CreateTempSubdirectory("ratelimitsuite-pg-").FullName;
        var server = new PostgresServer(folder, FreePort.Take(), durable);
        try
        {
            await RunAsync("chown", "postgres", folder);
            await RunAsUserAsync(Path.Combine(PostgresBinaries.Folder, "initdb"), "-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to connect to one of its databases.</summary>
    public string ConnectionString(string database = "postgres") => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Timeout=10;Command Timeout=30");

    /// <summary>Starts it again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, with what it held.</summary>
    public async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        _process = Prepare("/bin/sh", "-c", Script, "sh", PostgresBinaries.Folder, _folder, _port.ToString(CultureInfo.InvariantCulture), _durable ? "on" : "off");
        _process.StartInfo.RedirectStandardInput = true;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains(ReadyLine, StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
            else if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException($"PostgreSQL did not start: {string.Join(Environment.NewLine, log)}"));
            }
            else if (log.Count < 100)
            {
                log.Add(line.Data);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await ready.Task.WaitAsync(StartTimeout);
    }

    /// <summary>Stops it, as a maintenance would: connections are cut.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            await process.StandardInput.WriteLineAsync("keep");
            await EndAsync();
        }
    }

    /// <summary>Ends it and everything that serves a connection by SIGKILL, as a power cut would end them.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } shell)
        {
            return;
        }

        await shell.StandardInput.WriteLineAsync("keep");
        await shell.StandardInput.FlushAsync();
        for (var started = Stopwatch.GetTimestamp(); !File.Exists(_folder + ".keep");)
        {
            await Task.Delay(10);
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
            {
                throw new TimeoutException("The server's shell did not hear that the data is to be kept.");
            }
        }

        var postmaster = int.Parse(File.ReadLines(Path.Combine(_folder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        int[] all = [postmaster, .. ChildrenOf(postmaster)];
        foreach (var id in all)
        {
            Kill(id);
        }

        await EndAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);   // Kept by a stop before.
        }
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }

    // /proc/ID/stat: id (name) state parent ...; a name may hold spaces and brackets.
    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue;   // It ended meanwhile.
            }

            if (stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var of, ..]
                && int.Parse(of, CultureInfo.InvariantCulture) == parent)
            {
                yield return id;
            }
        }
    }

    private async Task EndAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(StartTimeout);
            process.Dispose();
        }
    }

    private static Process Prepare(string program, params string[] arguments)
    {
        string[] command = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", program, .. arguments] : [program, .. arguments];
        return new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            },
        };
    }

    private static Task RunAsync(string program, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync(new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } })
        : Task.CompletedTask;

    private static Task RunAsUserAsync(string program, params string[] arguments) => RunAsync(Prepare(program, arguments));

    private static async Task RunAsync(Process process)
    {
        using (process)
        {
            process.Start();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync().WaitAsync(StartTimeout);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}: {error}");
            }
        }
    }
}
