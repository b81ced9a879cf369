using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Brings an owner's tables up to its newest script: numbered, forward only, each applied once and never changed.</summary>
/// <remarks>Scripts are embedded resources <c>Migrations/NNNN_name.sql</c> of the owner's assembly. What was applied stands in
/// table <c>suite_migrations</c> with its SHA-256. One advisory lock lets services start together.</remarks>
public static class SuiteMigrations
{
    // "suite" in ASCII; leaders take other keys, derived from their names.
    private const long LockKey = 0x73_75_69_74_65;

    private const string CreateTable =
        """
        CREATE TABLE IF NOT EXISTS suite_migrations (
            owner text NOT NULL,
            number integer NOT NULL,
            name text NOT NULL,
            sha256 text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (owner, number))
        """;

    /// <summary>Applies the scripts that are new, waiting for the server for as long as it is away.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="scripts">The assembly that holds the scripts.</param>
    /// <param name="owner">Whose tables these are, such as <c>trainer</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many scripts were applied now.</returns>
    /// <exception cref="InvalidOperationException">An applied script was changed or is gone, or two scripts share a number.</exception>
    public static Task<int> RunAsync(NpgsqlDataSource dataSource, Assembly scripts, string owner, CancellationToken cancellationToken) =>
        RunAsync(dataSource, scripts, owner, apply: true, TimeProvider.System, NullLogger.Instance, cancellationToken);

    /// <summary>Checks that every script is applied, and applies none.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="scripts">The assembly that holds the scripts.</param>
    /// <param name="owner">Whose tables these are.</param>
    /// <param name="cancellationToken">Ends the wait for the server.</param>
    /// <exception cref="InvalidOperationException">A script is not applied, or an applied one was changed or is gone.</exception>
    public static Task VerifyAsync(NpgsqlDataSource dataSource, Assembly scripts, string owner, CancellationToken cancellationToken) =>
        RunAsync(dataSource, scripts, owner, apply: false, TimeProvider.System, NullLogger.Instance, cancellationToken);

    internal static async Task<int> RunAsync(
        NpgsqlDataSource dataSource, Assembly scripts, string owner, bool apply, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        var migrations = Migration.ReadAll(scripts);
        return await PostgresRetry.UntilAnsweredAsync(
            token => RunOnceAsync(dataSource, migrations, owner, apply, token), clock, logger, cancellationToken);
    }

    private static async Task<int> RunOnceAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<Migration> migrations, string owner, bool apply, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        var applied = await ReadAppliedAsync(connection, owner, create: apply, cancellationToken);
        var pending = Pending(migrations, applied, owner);
        if (!apply)
        {
            return pending.Count == 0 ? 0 : throw new InvalidOperationException(
                $"The tables of '{owner}' lack {pending.Count} migration(s), first {pending[0]}. Run 'Audit migrate', or set Database:Migrate to true.");
        }

        // All or none: a failed script leaves the schema as it was, and PostgreSQL's DDL is transactional.
        foreach (var migration in pending)
        {
            await ApplyAsync(connection, owner, migration, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return pending.Count;
    }

    private static async Task<Dictionary<int, (string Name, string Sha256)>> ReadAppliedAsync(
        NpgsqlConnection connection, string owner, bool create, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<int, (string, string)>();
        if (create)
        {
            await ExecuteAsync(connection, CreateTable, cancellationToken);
        }
        else if (await ScalarAsync(connection, "SELECT to_regclass('suite_migrations') IS NULL", cancellationToken) is true)
        {
            return applied;
        }

        await using var command = new NpgsqlCommand("SELECT number, name, sha256 FROM suite_migrations WHERE owner = $1", connection);
        command.Parameters.AddWithValue(owner);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetInt32(0), (reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private static List<Migration> Pending(IReadOnlyList<Migration> migrations, Dictionary<int, (string Name, string Sha256)> applied, string owner)
    {
        foreach (var (number, (name, sha256)) in applied)
        {
            var script = migrations.FirstOrDefault(migration => migration.Number == number)
                ?? throw new InvalidOperationException($"Migration {number:0000}_{name} of '{owner}' is applied, but this version has no such script: it is older than the database.");
            if (script.Sha256 != sha256)
            {
                throw new InvalidOperationException($"Migration {script} of '{owner}' was changed after it was applied. Undo the change and add a script with the next number.");
            }
        }

        var newest = applied.Keys.DefaultIfEmpty().Max();
        var pending = migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
        return pending.Find(migration => migration.Number < newest) is { } late
            ? throw new InvalidOperationException($"Migration {late} of '{owner}' is new, but number {newest:0000} is applied already. Give it a higher number.")
            : pending;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string owner, Migration migration, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using var command = new NpgsqlCommand("INSERT INTO suite_migrations (owner, number, name, sha256) VALUES ($1, $2, $3, $4)", connection);
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(migration.Number);
        command.Parameters.AddWithValue(migration.Name);
        command.Parameters.AddWithValue(migration.Sha256);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
