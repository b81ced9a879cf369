using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Npgsql;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts this machine's PostgreSQL on a data folder of its own, on loopback only, with the parameter's password.</summary>
internal sealed class PostgresLauncher(
    PostgresServerResource resource, DistributedApplicationModel model, StandInOptions options, Watchdog watchdog, ResourceConsole console, TimeProvider time)
    : IResourceLauncher
{
    private static readonly TimeSpan EarlierServerPatience = TimeSpan.FromSeconds(10);

    private readonly PostgresFolders _folders = new(resource, options);
    private PostgresPrograms? _programs;
    private PostgresAccount? _account;

    public void Check()
    {
        _programs = PostgresPrograms.Find(resource.Name, options.PostgresPrograms);
        _account = PostgresAccount.Find();
    }

    public async Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        await WaitForEarlierServerAsync(cancellationToken);
        _folders.Create(_account);
        await EnsureClusterAsync(cancellationToken);
        return AsServer(new ProcessSpec
        {
            Command = _programs!.Server,
            Arguments =
            [
                "-D", _folders.Data,
                "-k", _folders.Socket,
                "-p", ports[resource.PrimaryEndpoint.EndpointAnnotation].ToString(CultureInfo.InvariantCulture),
                "-c", "listen_addresses=localhost",
                "-c", "max_connections=200",
                "-c", "lc_messages=C",
                "-c", "log_checkpoints=off",
                "-c", "log_min_messages=log", // Above ERROR: what a client did wrong is the client's to say.
            ],
            WorkingDirectory = "/",
            StopSignal = "INT", // "Fast": it ends its clients' connections instead of waiting for them.
            ReadyText = "ready to accept connections",
        });
    }

    public async Task OnReadyAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(await AdministratorAsync(cancellationToken));
        await connection.OpenAsync(cancellationToken);

        // The data may be older than the password: the parameter wins, or every client would fail with 28P01.
        var user = await UserAsync(cancellationToken);
        await ExecuteAsync(connection, $"ALTER ROLE {Identifier(user)} PASSWORD {Literal(await PasswordAsync(cancellationToken))}", cancellationToken);
        foreach (var database in model.Resources.OfType<PostgresDatabaseResource>().Where(d => ReferenceEquals(d.Parent, resource)))
        {
            await EnsureDatabaseAsync(connection, database, cancellationToken);
        }
    }

    // After AppHost was killed, the watchdog needs a moment to end its server.
    private async Task WaitForEarlierServerAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (_folders.FindServer() is { } server)
        {
            if (time.GetElapsedTime(started) > EarlierServerPatience)
            {
                throw new DistributedApplicationException(
                    $"Another PostgreSQL (process {server}) runs on {_folders.Data}, as when this AppHost runs twice. End that one, or set StandIn:DataDirectory.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private async Task EnsureDatabaseAsync(NpgsqlConnection connection, PostgresDatabaseResource database, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
        exists.Parameters.AddWithValue(database.DatabaseName);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return;
        }

        var script = database.TryGetLastAnnotation<PostgresCreationScriptAnnotation>(out var annotation)
            ? annotation.Script
            : $"CREATE DATABASE {Identifier(database.DatabaseName)}";
        await ExecuteAsync(connection, script, cancellationToken);
        console.Say($"{resource.Name}: database '{database.DatabaseName}' created");
    }

    private async Task EnsureClusterAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(_folders.Data, "PG_VERSION")))
        {
            CheckVersion();
            return;
        }

        console.Say($"{resource.Name}: making a new cluster in {_folders.Data}");
        _folders.WritePassword(await PasswordAsync(cancellationToken), _account);
        var output = new ConcurrentQueue<string>();
        using var initdb = ChildProcess.Start(AsServer(new ProcessSpec
        {
            Command = _programs!.InitDb,
            Arguments =
            [
                "-D", _folders.NewData,
                "-U", await UserAsync(cancellationToken),
                $"--pwfile={_folders.PasswordFile}",
                "--auth-local=trust", // Only the administrator can reach the socket's folder.
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions",
            ],
            WorkingDirectory = "/",
        }), watchdog, output.Enqueue);
        var code = await initdb.Exited.WaitAsync(cancellationToken);
        File.Delete(_folders.PasswordFile);
        if (code != 0)
        {
            throw new DistributedApplicationException($"initdb ended with code {code}:\n{string.Join('\n', output)}");
        }

        Directory.Move(_folders.NewData, _folders.Data);
    }

    private void CheckVersion()
    {
        var data = File.ReadAllText(Path.Combine(_folders.Data, "PG_VERSION")).Trim();
        var debian = $"/usr/lib/postgresql/{data}/bin";
        if (!_programs!.Folder.StartsWith("/usr/lib/postgresql/", StringComparison.Ordinal) || _programs.Folder == debian)
        {
            return; // PostgreSQL itself says so if they do not match.
        }

        _programs = File.Exists(new PostgresPrograms(debian).Server)
            ? new PostgresPrograms(debian)
            : throw new DistributedApplicationException(
                $"The data in {_folders.Data} is PostgreSQL {data}'s, which is not installed; {_programs.Folder} is. Install postgresql-{data}, or remove the folder to start anew.");
    }

    private ProcessSpec AsServer(ProcessSpec spec) => _account?.Run(spec) ?? spec;

    private async Task<string> AdministratorAsync(CancellationToken cancellationToken) => new NpgsqlConnectionStringBuilder
    {
        Host = _folders.Socket,
        Port = resource.PrimaryEndpoint.Port,
        Username = await UserAsync(cancellationToken),
        Database = "postgres",
        Pooling = false,
        Timeout = 10,
    }.ConnectionString;

    private async Task<string> UserAsync(CancellationToken cancellationToken) =>
        await resource.UserNameReference.GetValueAsync(cancellationToken) ?? "postgres";

    private async Task<string> PasswordAsync(CancellationToken cancellationToken) =>
        (await resource.PasswordParameter.GetValueAsync(cancellationToken))!;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Names and passwords of AppHost, quoted; these statements take no parameters.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
