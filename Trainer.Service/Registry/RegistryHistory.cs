using Npgsql;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>Reads what happened in the registry, and what gates said.</summary>
internal sealed class RegistryHistory(NpgsqlDataSource database)
{
    private const string Columns = "number, at, event, version, actor, reason, previous_hash, hash";

    /// <summary>The newest entries first.</summary>
    public async Task<IReadOnlyList<HistoryRecord>> NewestAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM registry_history ORDER BY number DESC LIMIT $1");
        command.Parameters.AddWithValue(limit);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Whether the whole chain holds.</summary>
    public async Task<bool> IsIntactAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM registry_history ORDER BY number");
        return HistoryChain.IsIntact(await ReadAsync(command, cancellationToken));
    }

    /// <summary>When an event last happened to a model; null: never.</summary>
    public async Task<DateTimeOffset?> LastAsync(string version, string @event, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT max(at) FROM registry_history WHERE version = $1 AND event = $2");
        command.Parameters.AddWithValue(version);
        command.Parameters.AddWithValue(@event);
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : null;
    }

    /// <summary>What gates said of a model, in the order they were asked.</summary>
    public async Task<IReadOnlyList<GateOutcome>> GatesAsync(string version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT gate, passed, numbers::text, message FROM registry_gates WHERE version = $1 ORDER BY number");
        command.Parameters.AddWithValue(version);
        var gates = new List<GateOutcome>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            gates.Add(new(reader.GetString(0), reader.GetBoolean(1), reader.GetString(2), reader.GetString(3)));
        }

        return gates;
    }

    private static async Task<IReadOnlyList<HistoryRecord>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var entries = new List<HistoryRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetString(5), reader.GetString(6), reader.GetString(7)));
        }

        return entries;
    }
}
