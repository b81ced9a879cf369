using Npgsql;

namespace RateLimitSuite.DriftMonitor.Alerts;

/// <summary>Keeps alerts, and which of them went out to Kafka.</summary>
internal sealed class AlertStore(NpgsqlDataSource database)
{
    private const string Columns =
        "id, at, name, severity, message, detector, value, limit_value, observations, model_version, followed_by, request_ids";

    /// <summary>Adds an alert that is still to be published.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, AlertRecord alert, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO drift_alerts ({Columns}, published) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false)", connection);
        object[] values =
        [
            alert.Id, alert.At.ToUniversalTime(), alert.Name, alert.Severity, alert.Message, alert.Detector, alert.Value, alert.Limit, alert.Count,
            alert.ModelVersion, alert.FollowedBy, alert.RequestIds.ToArray(),
        ];
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Says what was done about an alert.</summary>
    public async Task FollowUpAsync(Guid id, string followedBy, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE drift_alerts SET followed_by = $2 WHERE id = $1");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(followedBy);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The newest alerts first.</summary>
    public Task<IReadOnlyList<AlertRecord>> NewestAsync(int limit, CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM drift_alerts ORDER BY at DESC LIMIT $1", limit, cancellationToken);

    /// <summary>Alerts that did not go out yet, oldest first.</summary>
    public Task<IReadOnlyList<AlertRecord>> UnpublishedAsync(int limit, CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM drift_alerts WHERE NOT published ORDER BY at LIMIT $1", limit, cancellationToken);

    /// <summary>Notes that an alert went out.</summary>
    public async Task PublishedAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE drift_alerts SET published = true WHERE id = $1");
        command.Parameters.AddWithValue(id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<AlertRecord>> QueryAsync(string sql, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var alerts = new List<AlertRecord>();
        while (await reader.ReadAsync(cancellationToken))
        {
            alerts.Add(new()
            {
                Id = reader.GetGuid(0),
                At = reader.GetFieldValue<DateTimeOffset>(1),
                Name = reader.GetString(2),
                Severity = reader.GetString(3),
                Message = reader.GetString(4),
                Detector = reader.GetString(5),
                Value = reader.GetDouble(6),
                Limit = reader.GetDouble(7),
                Count = reader.GetInt64(8),
                ModelVersion = reader.GetString(9),
                FollowedBy = reader.GetString(10),
                RequestIds = reader.GetFieldValue<string[]>(11),
            });
        }

        return alerts;
    }
}
