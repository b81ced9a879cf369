using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.DriftMonitor.Alerts;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>Keeps who was told of what. Several processes may use it at once: a message is held by one of them at a time.</summary>
internal sealed class NotificationOutbox(NpgsqlDataSource database, IOptions<NotificationOptions> options, TimeProvider clock)
{
    private const int AtOnce = 20;
    private const int LongestError = 300;

    // "notify" in ASCII.
    private const long LockKey = 0x6E_6F_74_69_66_79;

    private static readonly string[] Severities = ["info", "warning", "critical"];
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Notes for every new alert who is to be told, unless somebody was told of the same a short while ago.</summary>
    /// <param name="sinks">All sinks there are.</param>
    /// <param name="evidence">What recent explanations say; kept with the message, as later ones would say something else.</param>
    /// <param name="cancellationToken">Stops it; nothing is half done.</param>
    public async Task EnqueueAsync(IReadOnlyList<string> sinks, Func<AlertEvidence> evidence, CancellationToken cancellationToken)
    {
        var wanted = Severities[Array.IndexOf(Severities, options.Value.MinimumSeverity)..];
        foreach (var alert in await NewAlertsAsync(sinks, wanted, cancellationToken))
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

            // Two processes that look at two like alerts at once would not see each other's message.
            await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", [LockKey], cancellationToken);
            await ExecuteAsync(
                connection,
                """
                INSERT INTO drift_notifications (alert_id, sink, state, due_at, evidence)
                SELECT a.id, s.sink,
                       CASE WHEN EXISTS (
                           SELECT FROM drift_notifications n JOIN drift_alerts b ON b.id = n.alert_id
                           WHERE n.sink = s.sink AND n.state IN ('pending', 'sent') AND b.id <> a.id
                             AND b.name = a.name AND b.detector = a.detector AND b.model_version = a.model_version
                             AND b.at BETWEEN a.at - $4 AND a.at) THEN 'suppressed' ELSE 'pending' END,
                       $3, $5::jsonb
                FROM drift_alerts a CROSS JOIN unnest($2) AS s(sink)
                WHERE a.id = $1
                ON CONFLICT DO NOTHING
                """,
                [alert, sinks.ToArray(), clock.GetUtcNow(), options.Value.RepeatAfter, JsonSerializer.Serialize(evidence())],
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Takes messages that are due, and holds them so that no other process sends them meanwhile.</summary>
    /// <param name="hold">How long; after it, they are due again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<NotificationDelivery>> TakeAsync(TimeSpan hold, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            WITH due AS (
                SELECT alert_id, sink FROM drift_notifications WHERE state = 'pending' AND due_at <= $1
                ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            UPDATE drift_notifications n SET attempts = attempts + 1, due_at = $2
            FROM due, drift_alerts a
            WHERE n.alert_id = due.alert_id AND n.sink = due.sink AND a.id = n.alert_id
            RETURNING n.sink, n.attempts, n.evidence::text, a.id, a.at, a.name, a.severity, a.message, a.detector, a.value, a.limit_value,
                      a.observations, a.model_version, a.followed_by, a.request_ids
            """);
        foreach (var value in new object[] { now, now + hold, AtOnce })
        {
            command.Parameters.AddWithValue(value);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<NotificationDelivery>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(ReadDelivery(reader));
        }

        return due;
    }

    /// <summary>Notes that a message arrived.</summary>
    public Task SentAsync(NotificationDelivery delivery, CancellationToken cancellationToken) =>
        SettleAsync(delivery, "sent", clock.GetUtcNow(), "", cancellationToken);

    /// <summary>Notes that an attempt failed: it is due again after a pause, or given up.</summary>
    /// <returns>Whether it was given up.</returns>
    public async Task<bool> FailedAsync(NotificationDelivery delivery, string error, bool forGood, CancellationToken cancellationToken)
    {
        var ends = forGood || delivery.Attempts >= options.Value.MaxAttempts;
        var pause = options.Value.FirstPause * Math.Pow(2, Math.Min(delivery.Attempts - 1, 30));
        await SettleAsync(delivery, ends ? "failed" : "pending", clock.GetUtcNow() + (pause < LongestPause ? pause : LongestPause), error, cancellationToken);
        return ends;
    }

    private async Task<List<Guid>> NewAlertsAsync(IReadOnlyList<string> sinks, string[] severities, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT a.id FROM drift_alerts a
            WHERE a.at > $1 AND a.severity = ANY ($2)
              AND (SELECT count(*) FROM drift_notifications n WHERE n.alert_id = a.id AND n.sink = ANY ($3)) < cardinality($3)
            ORDER BY a.at LIMIT $4
            """);
        foreach (var value in new object[] { clock.GetUtcNow() - options.Value.MaxAge, severities, sinks.ToArray(), AtOnce })
        {
            command.Parameters.AddWithValue(value);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var alerts = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            alerts.Add(reader.GetGuid(0));
        }

        return alerts;
    }

    private async Task SettleAsync(NotificationDelivery delivery, string state, DateTimeOffset at, string error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(
            connection,
            """
            UPDATE drift_notifications SET state = $3, due_at = $4, last_error = $5, sent_at = CASE WHEN $3 = 'sent' THEN $4 END
            WHERE alert_id = $1 AND sink = $2
            """,
            [delivery.Notification.Alert.Id, delivery.Sink, state, at, error[..Math.Min(error.Length, LongestError)]],
            cancellationToken);
    }

    private NotificationDelivery ReadDelivery(NpgsqlDataReader row)
    {
        var evidence = JsonSerializer.Deserialize<AlertEvidence>(row.GetString(2)) ?? AlertEvidence.None;
        var alert = new AlertRecord
        {
            Id = row.GetGuid(3),
            At = row.GetFieldValue<DateTimeOffset>(4),
            Name = row.GetString(5),
            Severity = row.GetString(6),
            Message = row.GetString(7),
            Detector = row.GetString(8),
            Value = row.GetDouble(9),
            Limit = row.GetDouble(10),
            Count = row.GetInt64(11),
            ModelVersion = row.GetString(12),
            FollowedBy = row.GetString(13),
            RequestIds = row.GetFieldValue<string[]>(14),
        };
        return new(
            row.GetString(0),
            row.GetInt32(1),
            new(alert, alert.RequestIds.Count > 0 ? evidence with { RequestIds = alert.RequestIds } : evidence, new Uri(options.Value.DashboardUrl, $"/drift?alert={alert.Id}")));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
