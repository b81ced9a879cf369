using Npgsql;

namespace RateLimitSuite.DriftMonitor.Retraining;

/// <summary>Keeps trips, so that a restart neither forgets one nor starts it twice.</summary>
internal sealed class TripStore(NpgsqlDataSource database)
{
    /// <summary>Adds a trip for Trainer.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, string key, Guid alertId, DateTimeOffset at, string reason, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO drift_trips (key, alert_id, at, reason, state, result) VALUES ($1, $2, $3, $4, 'pending', '') ON CONFLICT DO NOTHING", connection);
        command.Parameters.AddWithValue(key);
        command.Parameters.AddWithValue(alertId);
        command.Parameters.AddWithValue(at.ToUniversalTime());
        command.Parameters.AddWithValue(reason);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Trips since a moment, oldest first.</summary>
    public async Task<IReadOnlyList<Trip>> SinceAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT key, at, reason, state, started_at, result, alert_id FROM drift_trips WHERE at >= $1 ORDER BY at, key");
        command.Parameters.AddWithValue(from.ToUniversalTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var trips = new List<Trip>();
        while (await reader.ReadAsync(cancellationToken))
        {
            trips.Add(new(
                reader.GetString(0),
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetString(5))
            {
                AlertId = reader.GetGuid(6),
            });
        }

        return trips;
    }

    /// <summary>Notes how a trip stands.</summary>
    public async Task UpdateAsync(string key, string state, DateTimeOffset? startedAt, string result, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE drift_trips SET state = $2, started_at = coalesce(started_at, $3), result = $4 WHERE key = $1");
        command.Parameters.AddWithValue(key);
        command.Parameters.AddWithValue(state);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = startedAt?.ToUniversalTime() });
        command.Parameters.AddWithValue(result);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
