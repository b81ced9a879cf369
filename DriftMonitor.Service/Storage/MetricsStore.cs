using System.Globalization;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>Writes rows, sums, open windows and offsets of a partition in one transaction.</summary>
/// <remarks>Synchronous: its only caller is the consumer's own thread.</remarks>
internal sealed class MetricsStore(NpgsqlDataSource database, FeatureSchema schema, TimeProvider clock)
{
    private readonly IReadOnlyList<MetricColumn<MetricRow>> _columns = ClawMetrics.Columns(schema);
    private readonly HashSet<DateOnly> _days = [];
    private string? _insertRows;

    /// <summary>A partition's last checkpoint; null: it was never read.</summary>
    public StoredCheckpoint? Load(int partition)
    {
        using var command = database.CreateCommand(
            "SELECT version, log_identity, decisions_offset, outcomes_offset, state FROM drift_checkpoints WHERE partition = $1");
        command.Parameters.AddWithValue(partition);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new(reader.GetInt64(0), new(reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)), reader.GetFieldValue<byte[]>(4))
            : null;
    }

    /// <summary>The log under which any checkpoint was written last; null: none was.</summary>
    public string? KnownLogIdentity()
    {
        using var command = database.CreateCommand("SELECT log_identity FROM drift_checkpoints ORDER BY updated_at DESC LIMIT 1");
        return command.ExecuteScalar() as string;
    }

    /// <summary>Writes a commit.</summary>
    /// <param name="commit">What to write.</param>
    /// <param name="version">The checkpoint's version before; 0: there is none.</param>
    /// <returns>Rows of <c>claw_metrics</c> that were new.</returns>
    /// <exception cref="PartitionLostException">Somebody else wrote since; nothing was written.</exception>
    public long Write(PartitionCommit commit, long version)
    {
        var rows = commit.Windows.SelectMany(w => w.Rows).ToList();
        foreach (var day in rows.Select(r => DateOnly.FromDateTime(r.Start.UtcDateTime)).Distinct())
        {
            EnsureDay(day);
        }

        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        var written = 0L;
        if (rows.Count > 0)
        {
            _insertRows ??= MetricColumn<MetricRow>.InsertInto("claw_metrics", _columns);
            written = Insert(connection, _insertRows, _columns, rows);
            var arms = commit.Windows.SelectMany(w => w.Arms.Select(a => new ArmWindow(w, a.Key, a.Value))).ToList();
            Insert(connection, ArmWindow.Insert, ArmWindow.Columns, arms);
        }

        WriteCheckpoint(connection, commit, version, written);
        transaction.Commit();
        return written;
    }

    /// <summary>Makes the partitions of the coming days and drops those past retention.</summary>
    public void Maintain(TimeSpan retention)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        for (var ahead = 0; ahead <= 2; ahead++)
        {
            EnsureDay(today.AddDays(ahead));
        }

        var oldest = clock.GetUtcNow() - retention;
        foreach (var table in PartitionsBefore(DateOnly.FromDateTime(oldest.UtcDateTime)))
        {
            Execute($"DROP TABLE IF EXISTS {table}");
        }

        using var command = database.CreateCommand("DELETE FROM drift_windows WHERE window_start < $1");
        command.Parameters.AddWithValue(oldest);
        command.ExecuteNonQuery();
    }

    /// <summary>Adds columns for features that the deployment appended.</summary>
    public void AddFeatureColumns()
    {
        if (ClawMetrics.AddFeatureColumns(schema) is { Length: > 0 } sql)
        {
            Execute(sql);
        }
    }

    private static long Insert<TRow>(NpgsqlConnection connection, string sql, IReadOnlyList<MetricColumn<TRow>> columns, IReadOnlyList<TRow> rows)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var column in columns)
        {
            command.Parameters.Add(column.ValuesOf(rows));
        }

        return command.ExecuteNonQuery();
    }

    private void WriteCheckpoint(NpgsqlConnection connection, PartitionCommit commit, long version, long written)
    {
        const string Sql =
            """
            INSERT INTO drift_checkpoints AS old (partition, version, log_identity, decisions_offset, outcomes_offset, state, labelled_through,
                rows_written, late, duplicates, unmatched, dropped, updated_at)
            VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (partition) DO UPDATE SET version = excluded.version, log_identity = excluded.log_identity,
                decisions_offset = excluded.decisions_offset, outcomes_offset = excluded.outcomes_offset, state = excluded.state,
                labelled_through = excluded.labelled_through, rows_written = old.rows_written + excluded.rows_written, late = excluded.late,
                duplicates = excluded.duplicates, unmatched = excluded.unmatched, dropped = excluded.dropped, updated_at = excluded.updated_at
            WHERE old.version = $2
            """;
        using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue(commit.Partition);
        command.Parameters.AddWithValue(version);
        command.Parameters.AddWithValue(commit.Offsets.LogIdentity);
        command.Parameters.AddWithValue(commit.Offsets.Decisions);
        command.Parameters.AddWithValue(commit.Offsets.Outcomes);
        command.Parameters.AddWithValue(commit.State);
        command.Parameters.AddWithValue((object?)commit.LabelledThrough ?? DBNull.Value);
        command.Parameters.AddWithValue(written);
        command.Parameters.AddWithValue(commit.Counts.Late);
        command.Parameters.AddWithValue(commit.Counts.Duplicates);
        command.Parameters.AddWithValue(commit.Counts.Unmatched);
        command.Parameters.AddWithValue(commit.Counts.Dropped + commit.Counts.Malformed);
        command.Parameters.AddWithValue(clock.GetUtcNow());
        if (command.ExecuteNonQuery() == 0)
        {
            throw new PartitionLostException(commit.Partition);
        }
    }

    private void EnsureDay(DateOnly day)
    {
        if (_days.Contains(day))
        {
            return;
        }

        // One at a time: replicas start together, and a name is either taken or not.
        Execute(string.Create(CultureInfo.InvariantCulture,
            $"""
             SELECT pg_advisory_xact_lock(hashtext('claw_metrics'));
             CREATE TABLE IF NOT EXISTS claw_metrics_{day:yyyyMMdd} PARTITION OF claw_metrics
                 FOR VALUES FROM ('{day:yyyy-MM-dd} 00:00:00+00') TO ('{day.AddDays(1):yyyy-MM-dd} 00:00:00+00');
             """));
        _days.Add(day);
    }

    private List<string> PartitionsBefore(DateOnly day)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"claw_metrics_{day:yyyyMMdd}");
        using var command = database.CreateCommand(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'claw_metrics'::regclass AND inhrelid::regclass::text < $1");
        command.Parameters.AddWithValue(limit);
        using var reader = command.ExecuteReader();
        var tables = new List<string>();
        while (reader.Read())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    private void Execute(string sql)
    {
        using var command = database.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
