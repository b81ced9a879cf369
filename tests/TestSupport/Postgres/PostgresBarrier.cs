using System.Diagnostics;
using Npgsql;

namespace RateLimitSuite.TestSupport;

/// <summary>Holds a server's transactions at a step, so that a test can kill the server just there.</summary>
/// <remarks>A trigger asks for a lock that the test holds; the kill gives it back, so after the restart nothing is held any more. At the
/// end of a commit the server itself waits: for a standby that does not exist, when the commit is already on disk.</remarks>
public sealed class PostgresBarrier : IAsyncDisposable
{
    private const long Key = 4_711;
    private const string SyncRep = "SyncRep";
    private const string Probe = "barrier-probe";
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    private readonly PostgresServer _server;
    private readonly NpgsqlDataSource _admin;
    private readonly NpgsqlConnection? _holder;
    private readonly string _waiting;

    private PostgresBarrier(PostgresServer server, NpgsqlDataSource admin, NpgsqlConnection? holder, string waiting) =>
        (_server, _admin, _holder, _waiting) = (server, admin, holder, waiting);

    /// <summary>Holds whoever writes a row of a table.</summary>
    /// <param name="server">The server.</param>
    /// <param name="database">Name of the database.</param>
    /// <param name="table">An existing table.</param>
    /// <param name="atCommit">Whether to hold it at the beginning of its commit instead of at the row.</param>
    public static async Task<PostgresBarrier> BeforeAsync(PostgresServer server, string database, string table, bool atCommit = false)
    {
        ArgumentNullException.ThrowIfNull(server);
        var admin = NpgsqlDataSource.Create(server.ConnectionString(database) + ";Pooling=false");
        var trigger = atCommit
            ? $"CREATE CONSTRAINT TRIGGER held AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held()"
            : $"CREATE TRIGGER held BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION held()";
        await ExecuteAsync(admin,
            $"CREATE FUNCTION held() RETURNS trigger AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared({Key}); RETURN NEW; END $$ LANGUAGE plpgsql; {trigger}");

        // On a connection of its own, which lives as long as the server.
        var holder = await admin.OpenConnectionAsync();
        await using (var command = new NpgsqlCommand($"SELECT pg_advisory_lock({Key})", holder))
        {
            await command.ExecuteNonQueryAsync();
        }

        return new(server, admin, holder, "advisory");
    }

    /// <summary>Holds every commit of a durable server after it is on disk and before its client is told.</summary>
    public static async Task<PostgresBarrier> AfterCommitAsync(PostgresServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var admin = NpgsqlDataSource.Create(server.ConnectionString() + ";Pooling=false;Options=-c synchronous_commit=local");
        await ExecuteAsync(admin, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await ExecuteAsync(admin, "SELECT pg_reload_conf()");
        await UntilCommitsWaitAsync(server, admin);
        return new(server, admin, null, SyncRep);
    }

    /// <summary>Waits until somebody is held, and kills the server.</summary>
    public async Task KillThereAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); !await IsHeldAsync();)
        {
            if (Stopwatch.GetElapsedTime(started) > AtMost)
            {
                throw new TimeoutException($"Nobody came to the step that waits for {_waiting}.");
            }

            await Task.Delay(10);
        }

        await _server.KillAsync();
    }

    /// <summary>Starts the server again, without what held.</summary>
    public async Task StartAsync()
    {
        await _server.StartAsync();
        await ExecuteAsync(_admin, "ALTER SYSTEM RESET ALL");
        await ExecuteAsync(_admin, "SELECT pg_reload_conf()");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_holder?.DisposeAsync() ?? default);
        await _admin.DisposeAsync();
    }

    // A process of the server's own takes the setting up some time after the reload, and commits before that are not held.
    private static async Task UntilCommitsWaitAsync(PostgresServer server, NpgsqlDataSource admin)
    {
        await using var probes = NpgsqlDataSource.Create(server.ConnectionString() + $";Pooling=false;Application Name={Probe}");
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < AtMost;)
        {
            var commit = ExecuteAsync(probes, "SELECT pg_logical_emit_message(true, '', '')");
            while (!commit.IsCompleted)
            {
                await using var release = admin.CreateCommand($"SELECT count(pg_cancel_backend(pid)) > 0 FROM pg_stat_activity WHERE wait_event = '{SyncRep}' AND application_name = '{Probe}'");
                if (await release.ExecuteScalarAsync() is true)
                {
                    await commit;
                    return;
                }
            }

            await commit;
        }

        throw new TimeoutException("The server never held a commit.");
    }

    private async Task<bool> IsHeldAsync()
    {
        await using var command = _admin.CreateCommand("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = $1 AND pid <> pg_backend_pid()");
        command.Parameters.AddWithValue(_waiting);
        return await command.ExecuteScalarAsync() is true;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
