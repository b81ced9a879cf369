using Npgsql;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>One change of the registry: holds the serving row's lock from its start, so that changes come one after the other,
/// and either all of it happens or nothing.</summary>
internal sealed class RegistryTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private RegistryTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, Serving serving)
    {
        _connection = connection;
        _transaction = transaction;
        Now = now;
        Serving = serving;
    }

    /// <summary>When this change happens: whole microseconds, which is what the database keeps.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>What was served when the lock was taken.</summary>
    public Serving Serving { get; }

    /// <summary>Takes the lock.</summary>
    public static async Task<RegistryTransaction> BeginAsync(NpgsqlDataSource database, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(ServingReader.Sql + " FOR UPDATE", connection, transaction);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var serving = await ServingReader.ReadAsync(reader, cancellationToken);
            var now = time.GetUtcNow();
            return new(connection, transaction, new(now.Ticks - now.Ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), serving);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement with positional parameters; null is NULL.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value ?? DBNull.Value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The state of a model.</summary>
    /// <exception cref="KeyNotFoundException">No such version.</exception>
    public async Task<string> GetStateAsync(string version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT state FROM registry_models WHERE version = $1", _connection, _transaction);
        command.Parameters.AddWithValue(version);
        return (string?)await command.ExecuteScalarAsync(cancellationToken) ?? throw new KeyNotFoundException($"The registry holds no model '{version}'.");
    }

    /// <summary>Sets the state of a model; an empty version names none.</summary>
    public Task SetStateAsync(string version, string state, CancellationToken cancellationToken, string? because = null) => version.Length == 0
        ? Task.CompletedTask
        : ExecuteAsync(
            "UPDATE registry_models SET state = $2, rejected_because = coalesce($3, rejected_because) WHERE version = $1",
            cancellationToken, version, state, because);

    /// <summary>Appends to the history.</summary>
    public async Task AppendAsync(string @event, string version, string actor, string reason, CancellationToken cancellationToken)
    {
        var (number, previousHash) = await LastAsync(cancellationToken);
        var entry = new HistoryRecord(number + 1, Now, @event, version, actor, reason, previousHash, Hash: "");
        await ExecuteAsync(
            "INSERT INTO registry_history (number, at, event, version, actor, reason, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            cancellationToken, entry.Number, entry.At.UtcDateTime, entry.Event, entry.Version, entry.Actor, entry.Reason, entry.PreviousHash, HistoryChain.Hash(entry));
    }

    /// <summary>How often an event was written since a time, by one actor.</summary>
    public async Task<long> CountAsync(string @event, string actor, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM registry_history WHERE event = $1 AND actor = $2 AND at >= $3", _connection, _transaction);
        command.Parameters.AddWithValue(@event);
        command.Parameters.AddWithValue(actor);
        command.Parameters.AddWithValue(since.UtcDateTime);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Makes the change real.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => _transaction.CommitAsync(cancellationToken);

    /// <summary>Undoes what was not committed and gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task<(long Number, string Hash)> LastAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT number, hash FROM registry_history ORDER BY number DESC LIMIT 1", _connection, _transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetString(1)) : (0, HistoryChain.Root);
    }
}
