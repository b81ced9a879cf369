using Npgsql;
using NpgsqlTypes;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>Shared buckets in PostgreSQL. One statement renews many leases; the server's clock is the only one that counts.</summary>
internal sealed class LeaseStore(NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 5;

    // Longer than replicas believe in their slices: a token is given to others only after nobody spends it any more.
    private static readonly TimeSpan Life = SharedSlice.Life + TimeSpan.FromMilliseconds(500);

    // Rows are locked in one order, so that replicas never wait for each other in a circle. The lock yields a row as it is now, not as it
    // was when the statement began: what others were given meanwhile counts. A row that this statement adds is renewed by the next.
    private const string RenewSql =
        """
        WITH asked AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::float8[],
                                 $11::float8[], $12::float8[], $13::bool[])
                WITH ORDINALITY AS a(domain, policy, client_id, rate, capacity, demand, kept, settled, opened, asked, opening, initial, leaves, number)),
        added AS (
            INSERT INTO limiter_buckets
            SELECT domain, policy, client_id, initial - $15 * opening, capacity, rate, now(), $15 * opening, 0, '{}' FROM asked ORDER BY domain, policy, client_id
            ON CONFLICT DO NOTHING),
        held AS (
            SELECT b AS bucket, a.* FROM asked AS a JOIN limiter_buckets AS b USING (domain, policy, client_id)
            ORDER BY domain, policy, client_id FOR UPDATE OF b)
        UPDATE limiter_buckets AS target SET (tokens, capacity, rate, refilled_at, reserved, slice, renewals) = (
            SELECT r.tokens, r.capacity, r.rate, r.refilled_at, r.reserved, r.slice, r.renewals
            FROM limiter_renewed(held.bucket, $14, held.rate, held.demand, held.capacity, held.kept, held.settled, held.opened, held.asked,
                                 held.opening, $15, held.leaves, $16, now()) AS r)
        FROM held
        WHERE target.domain = held.domain AND target.policy = held.policy AND target.client_id = held.client_id
        RETURNING held.number, target.slice, target.tokens, EXISTS (SELECT FROM unnest(target.renewals) AS r WHERE r.replica = $14)
        """;

    // A replica that ended without a word counts for a minute: what it owed is refilled by then.
    private const string AnnounceSql =
        """
        WITH seen AS (INSERT INTO limiter_replicas VALUES ($1, now()) ON CONFLICT (replica) DO UPDATE SET seen_at = now()),
             gone AS (DELETE FROM limiter_replicas WHERE seen_at < now() - interval '1 hour')
        SELECT 1 + count(*) FROM limiter_replicas WHERE seen_at > now() - interval '1 minute' AND replica <> $1
        """;

    private const string ForgetSql =
        """
        DELETE FROM limiter_buckets WHERE (domain, policy, client_id) IN (
            SELECT domain, policy, client_id FROM limiter_buckets
            WHERE refilled_at < now() - interval '10 minutes' AND tokens + 600 * rate >= capacity LIMIT 10000 FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>Renews leases.</summary>
    /// <param name="replica">Who asks.</param>
    /// <param name="replicas">How many spend of the same buckets.</param>
    /// <param name="renewals">Each bucket once.</param>
    /// <param name="cancellationToken">Gives up; what was asked may be given all the same.</param>
    public async Task<IReadOnlyList<LeaseGrant>> RenewAsync(
        string replica, int replicas, IReadOnlyList<LeaseRenewal> renewals, CancellationToken cancellationToken)
    {
        await using var command = Command(RenewSql);
        Add(command, renewals, r => r.Key.Policy.Domain, NpgsqlDbType.Text);
        Add(command, renewals, r => r.Key.Policy.BucketName ?? r.Key.Policy.Name, NpgsqlDbType.Text);
        Add(command, renewals, r => r.Key.ClientUtf8, NpgsqlDbType.Bytea);
        Add(command, renewals, r => r.Limit.RefillRate, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Limit.Capacity, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Demand, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Kept, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Settled, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Opened, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Asked, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Opening, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Initial, NpgsqlDbType.Double);
        Add(command, renewals, r => r.Leaves, NpgsqlDbType.Boolean);
        command.Parameters.AddWithValue(replica);
        command.Parameters.AddWithValue(replicas);
        command.Parameters.AddWithValue(Life);
        var grants = new List<LeaseGrant>(renewals.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            grants.Add(new LeaseGrant((int)reader.GetInt64(0) - 1, reader.GetDouble(1), reader.GetDouble(2), reader.GetBoolean(3)));
        }

        return grants;
    }

    /// <summary>Says that this replica is there.</summary>
    /// <returns>How many are.</returns>
    public async Task<int> AnnounceAsync(string replica, CancellationToken cancellationToken)
    {
        await using var command = Command(AnnounceSql);
        command.Parameters.AddWithValue(replica);
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Says that this replica is gone.</summary>
    public async Task LeaveAsync(string replica, CancellationToken cancellationToken)
    {
        await using var command = Command("DELETE FROM limiter_replicas WHERE replica = $1");
        command.Parameters.AddWithValue(replica);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes buckets that filled up again and were not asked for since.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(ForgetSql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = TimeoutSeconds;
        return command;
    }

    private static void Add<T>(NpgsqlCommand command, IReadOnlyList<LeaseRenewal> renewals, Func<LeaseRenewal, T> of, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = renewals.Select(of).ToArray() });
}
