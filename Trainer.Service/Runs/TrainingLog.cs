using Npgsql;

namespace RateLimitSuite.Trainer.Runs;

/// <summary>The trainings that were asked for, in the database, so that a request outlives the process that took it.</summary>
internal sealed class TrainingLog(NpgsqlDataSource database, TimeProvider time)
{
    private const int RejectionsCounted = 16;

    /// <summary>Writes a request down.</summary>
    /// <returns>Null if it is new, else the earlier request with the same key.</returns>
    public async Task<TrainingRecord?> AddAsync(string runId, string key, string reason, string detail, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            INSERT INTO registry_trainings (run_id, key, reason, detail, requested_at) VALUES ($1, nullif($2, ''), $3, $4, $5)
            ON CONFLICT (key) DO NOTHING
            """;
        await using var command = Command(Sql, runId, key, reason, detail, Now);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1 ? null : await ByKeyAsync(key, cancellationToken);
    }

    /// <summary>Notes that a run begins its work.</summary>
    public Task StartAsync(string runId, CancellationToken cancellationToken) =>
        ExecuteAsync("UPDATE registry_trainings SET started_at = coalesce(started_at, $2) WHERE run_id = $1", cancellationToken, runId, Now);

    /// <summary>Notes how a run ended.</summary>
    public Task FinishAsync(string runId, string result, string version, string message, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE registry_trainings SET finished_at = $2, result = $3, version = nullif($4, ''), message = $5 WHERE run_id = $1",
            cancellationToken, runId, Now, result, version, message);

    /// <summary>Requests that never ended, oldest first: this or another process was cut off.</summary>
    public async Task<IReadOnlyList<TrainingRecord>> UnfinishedAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT run_id, reason, detail, result, message FROM registry_trainings WHERE finished_at IS NULL ORDER BY requested_at");
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>When a training last started; null: never.</summary>
    public async Task<DateTimeOffset?> LastStartAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT max(started_at) FROM registry_trainings");
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : null;
    }

    /// <summary>How many of the newest trainings were rejected one after the other.</summary>
    public async Task<int> RejectionsInARowAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT run_id, reason, detail, result, message FROM registry_trainings WHERE result IN ('promoted', 'rejected') ORDER BY finished_at DESC LIMIT $1",
            RejectionsCounted);
        return (await ReadAsync(command, cancellationToken)).TakeWhile(run => run.Result == "rejected").Count();
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task<TrainingRecord?> ByKeyAsync(string key, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT run_id, reason, detail, result, message FROM registry_trainings WHERE key = $1", key);
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return command;
    }

    private static async Task<IReadOnlyList<TrainingRecord>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var runs = new List<TrainingRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            runs.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4)));
        }

        return runs;
    }
}
