using System.Net;
using Npgsql;
using NpgsqlTypes;

namespace RateLimitSuite.Limiter.Overrides;

/// <summary>Overrides and their audit log in PostgreSQL. Every change and its audit entry are one transaction.</summary>
internal sealed class OverrideStore(NpgsqlDataSource database)
{
    private const string Columns = "o.id, o.client_id, o.subnet, o.domain, o.refill_rate, o.factor, o.deny, o.reason, o.set_by, o.set_at, o.expires_at, o.request_ids";

    /// <summary>Keeps a new override.</summary>
    public async Task AddAsync(StoredOverride added, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            WITH added AS (
                INSERT INTO limiter_overrides (id, client_id, subnet, domain, refill_rate, factor, deny, reason, set_by, set_at, expires_at, request_ids)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id)
            INSERT INTO limiter_override_audit (at, action, actor, reason, override_id) SELECT $10, 'set', $9, $8, id FROM added
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(Guid.Parse(added.Id));
        command.Parameters.AddWithValue(added.ClientId);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Cidr, Value = (object?)added.Subnet ?? DBNull.Value });
        command.Parameters.AddWithValue(added.Domain);
        command.Parameters.Add(Nullable(added.Effect.RefillRate));
        command.Parameters.Add(Nullable(added.Effect.Factor));
        command.Parameters.AddWithValue(added.Effect.Deny);
        command.Parameters.AddWithValue(added.Reason);
        command.Parameters.AddWithValue(added.SetBy);
        command.Parameters.AddWithValue(added.SetAt.UtcDateTime);
        command.Parameters.AddWithValue(added.ExpiresAt.UtcDateTime);
        command.Parameters.AddWithValue(added.RequestIds.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends an override; null: none in force has this id.</summary>
    public async Task<StoredOverride?> EndAsync(Guid id, string actor, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
             WITH ended AS (UPDATE limiter_overrides SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING *),
                  noted AS (INSERT INTO limiter_override_audit (at, action, actor, reason, override_id) SELECT $2, 'removed', $3, $4, id FROM ended)
             SELECT {Columns} FROM ended AS o
             """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(at.UtcDateTime);
        command.Parameters.AddWithValue(actor);
        command.Parameters.AddWithValue(reason);
        return await ReadAsync(command, cancellationToken) is [var ended, ..] ? ended : null;
    }

    /// <summary>Notes in the audit log that overrides ran out. One replica's note is enough.</summary>
    public async Task ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            WITH ended AS (
                UPDATE limiter_overrides SET ended_at = expires_at
                WHERE id IN (SELECT id FROM limiter_overrides WHERE ended_at IS NULL AND expires_at <= $1 FOR UPDATE SKIP LOCKED)
                RETURNING id, expires_at)
            INSERT INTO limiter_override_audit (at, action, actor, reason, override_id) SELECT expires_at, 'expired', 'limiter', 'ttl', id FROM ended
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(now.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is in force, newest first.</summary>
    public async Task<IReadOnlyList<StoredOverride>> InForceAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"SELECT {Columns} FROM limiter_overrides AS o WHERE ended_at IS NULL AND expires_at > $1 ORDER BY set_at DESC LIMIT 100000");
        command.Parameters.AddWithValue(now.UtcDateTime);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The newest entries of the audit log.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
             SELECT {Columns}, a.number, a.at, a.action, a.actor, a.reason
             FROM limiter_override_audit AS a JOIN limiter_overrides AS o ON o.id = a.override_id ORDER BY a.number DESC LIMIT $1
             """);
        command.Parameters.AddWithValue(limit);
        var entries = new List<AuditEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new AuditEntry(
                reader.GetInt64(12), reader.GetFieldValue<DateTimeOffset>(13), reader.GetString(14), reader.GetString(15), reader.GetString(16), ToOverride(reader)));
        }

        return entries;
    }

    private static async Task<IReadOnlyList<StoredOverride>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var found = new List<StoredOverride>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(ToOverride(reader));
        }

        return found;
    }

    private static StoredOverride ToOverride(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0).ToString(),
        ClientId = row.GetString(1),
        Subnet = row.IsDBNull(2) ? null : row.GetFieldValue<IPNetwork>(2),
        Domain = row.GetString(3),
        Effect = new ActiveOverride(
            row.GetGuid(0).ToString(), row.IsDBNull(4) ? double.NaN : row.GetDouble(4), row.IsDBNull(5) ? double.NaN : row.GetDouble(5), row.GetBoolean(6)),
        Reason = row.GetString(7),
        SetBy = row.GetString(8),
        SetAt = row.GetFieldValue<DateTimeOffset>(9),
        ExpiresAt = row.GetFieldValue<DateTimeOffset>(10),
        RequestIds = row.GetFieldValue<string[]>(11),
    };

    private static NpgsqlParameter Nullable(double value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Double, Value = double.IsNaN(value) ? DBNull.Value : value };
}
