using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>Reads sums of row windows, keeps judged detector windows.</summary>
internal sealed class DriftStore(NpgsqlDataSource database)
{
    private const string ErrorSums =
        "sum(error_count)::bigint, sum(error_sum), sum(scale_sum), sum(error_squared), sum(error_times_scale), sum(scale_squared)";

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Start of the first row window at or after a moment; null: none yet.</summary>
    public async Task<DateTimeOffset?> FirstWindowAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT min(window_start) FROM drift_windows WHERE window_start >= $1");
        command.Parameters.AddWithValue(from.ToUniversalTime());
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime first ? new DateTimeOffset(first) : null;
    }

    /// <summary>Whether every row window that ended by a moment is written.</summary>
    /// <param name="end">The moment.</param>
    /// <param name="settled">Checkpoints as old as this without having reached it have nothing more to say.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public async Task<bool> IsWrittenAsync(DateTimeOffset end, bool settled, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT NOT EXISTS (SELECT FROM drift_checkpoints
                               WHERE labelled_through IS NOT NULL AND labelled_through < $1 AND NOT ($2 AND updated_at < $1))
            """);
        command.Parameters.AddWithValue(end.ToUniversalTime());
        command.Parameters.AddWithValue(settled);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Adds up the row windows of a detector window; null: there are none.</summary>
    public async Task<DetectorWindow?> SumAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var champion = await ChampionAsync(start, end, cancellationToken);
        await using var command = database.CreateCommand(
            """
            SELECT sum(decisions)::bigint, sum(denied)::bigint, sum(wrongly_throttled)::bigint, sum(over_admitted), sum(admitted)::bigint, sum(reported)::bigint,
                   sum(probes_reported)::bigint, sum(probe_weight), sum(probe_reported_weight), sum(probe_reported_squares), sum(probe_ok_weight),
                   (SELECT sum(headroom) FROM (SELECT max(headroom) AS headroom FROM drift_windows
                    WHERE window_start >= $1 AND window_start < $2 GROUP BY window_start, backend) AS by_backend)
            FROM drift_windows WHERE window_start >= $1 AND window_start < $2 AND arm <> $3
            """);
        command.Parameters.AddWithValue(start.ToUniversalTime());
        command.Parameters.AddWithValue(end.ToUniversalTime());
        command.Parameters.AddWithValue(ArmKey.Beside);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.IsDBNull(0))
        {
            return null;
        }

        return new(start, end, champion.Version)
        {
            Error = champion.Error,
            Decisions = reader.GetInt64(0),
            Denied = reader.GetInt64(1),
            WronglyThrottled = reader.GetInt64(2),
            OverAdmitted = reader.GetDouble(3),
            Admitted = reader.GetInt64(4),
            Reported = reader.GetInt64(5),
            Probes = ReadProbes(reader, 6),
            Headroom = reader.GetDouble(11),
        };
    }

    /// <summary>Keeps a judged window.</summary>
    /// <returns>False: another leader judged it before.</returns>
    public static async Task<bool> KeepAsync(
        NpgsqlConnection connection, DriftReport report, IReadOnlyList<DetectorReading> others, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO drift_detector_windows (window_start, window_end, model_version, error_count, error_sum, scale_sum, error_squared,
                error_times_scale, scale_squared, decisions, denied, wrongly_throttled, over_admitted, admitted, reported,
                validation_error, validation_violations, verdict, readings, probes_reported, probe_weight, probe_reported_weight,
                probe_reported_squares, probe_ok_weight, headroom)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::jsonb, $20, $21, $22, $23, $24, $25)
            ON CONFLICT DO NOTHING
            """,
            connection);
        var window = report.Window;
        var sums = window.Error.Sums;
        object[] values =
        [
            window.Start.ToUniversalTime(), window.End.ToUniversalTime(), window.ModelVersion, sums.Count, sums.Error, sums.Scale, sums.ErrorSquared,
            sums.ErrorTimesScale, sums.ScaleSquared, window.Decisions, window.Denied, window.WronglyThrottled, window.OverAdmitted,
            window.Admitted, window.Reported, report.Validation.Error, report.Validation.ViolationRate, report.Verdict.ToString(),
            JsonSerializer.Serialize(others, Json), window.Probes.Reported, window.Probes.Weight, window.Probes.ReportedWeight,
            window.Probes.ReportedSquares, window.Probes.OkWeight, window.Headroom,
        ];
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Judged windows, oldest first, with what their models measured at validation.</summary>
    public async Task<IReadOnlyList<JudgedWindow>> JudgedAsync(
        DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT * FROM (
                SELECT window_start, window_end, model_version, error_count, error_sum, scale_sum, error_squared, error_times_scale, scale_squared,
                       decisions, denied, wrongly_throttled, over_admitted, admitted, reported, validation_error, validation_violations,
                       readings::text, probes_reported, probe_weight, probe_reported_weight, probe_reported_squares, probe_ok_weight, headroom
                FROM drift_detector_windows WHERE window_start >= $1 AND window_start < $2 ORDER BY window_start DESC LIMIT $3) AS newest
            ORDER BY window_start
            """);
        command.Parameters.AddWithValue(from.ToUniversalTime());
        command.Parameters.AddWithValue(to.ToUniversalTime());
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var judged = new List<JudgedWindow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var window = new DetectorWindow(reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2))
            {
                Error = ReadError(reader, 3),
                Decisions = reader.GetInt64(9),
                Denied = reader.GetInt64(10),
                WronglyThrottled = reader.GetInt64(11),
                OverAdmitted = reader.GetDouble(12),
                Admitted = reader.GetInt64(13),
                Reported = reader.GetInt64(14),
                Probes = ReadProbes(reader, 18),
                Headroom = reader.GetDouble(23),
            };
            judged.Add(new(
                window,
                new(reader.GetDouble(15), reader.GetDouble(16)),
                JsonSerializer.Deserialize<DetectorReading[]>(reader.GetString(17), Json) ?? []));
        }

        return judged;
    }

    /// <summary>R of each row window of a model from a moment on, oldest first.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset Start, double Error)>> ErrorsAsync(
        string modelVersion, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT * FROM (
                SELECT window_start, sum(error_sum) / sum(scale_sum) FROM drift_windows
                WHERE window_start >= $2 AND window_start < $3 AND model_version = $1 AND arm = 'model'
                GROUP BY window_start HAVING sum(scale_sum) > 0 ORDER BY window_start DESC LIMIT $4) AS newest
            ORDER BY window_start
            """);
        command.Parameters.AddWithValue(modelVersion);
        command.Parameters.AddWithValue(from.ToUniversalTime());
        command.Parameters.AddWithValue(to.ToUniversalTime());
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var errors = new List<(DateTimeOffset, double)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            errors.Add((reader.GetFieldValue<DateTimeOffset>(0), reader.GetDouble(1)));
        }

        return errors;
    }

    /// <summary>A sample of the features of rows in an interval, the same each time.</summary>
    /// <returns>One array of values per feature.</returns>
    public async Task<double[][]> FeaturesAsync(
        FeatureSchema schema, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
             SELECT {string.Join(", ", schema.Names)} FROM claw_metrics
             WHERE request_ts >= $1 AND request_ts < $2 ORDER BY hashtext(client_id || request_ts::text) LIMIT $3
             """);
        command.Parameters.AddWithValue(from.ToUniversalTime());
        command.Parameters.AddWithValue(to.ToUniversalTime());
        command.Parameters.AddWithValue(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var columns = schema.Names.Select(_ => new List<double>()).ToArray();
        while (await reader.ReadAsync(cancellationToken))
        {
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Add(reader.GetDouble(i));
            }
        }

        return Array.ConvertAll(columns, c => c.ToArray());
    }

    /// <summary>What each arm did in an interval, over all backends.</summary>
    /// <param name="from">Start of the interval.</param>
    /// <param name="to">Its end.</param>
    /// <param name="block">Length of the blocks that are counted apart too; null: none are.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public async Task<IReadOnlyDictionary<ArmKey, ArmSums>> ArmsAsync(
        DateTimeOffset from, DateTimeOffset to, TimeSpan? block, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT arm, model_version, decisions, denied, wrongly_throttled, over_admitted, admitted, reported, failures, clamped,
                   error_count, error_sum, scale_sum, error_squared, error_times_scale, scale_squared, latencies, window_start
            FROM drift_windows WHERE window_start >= $1 AND window_start < $2
            """);
        command.Parameters.AddWithValue(from.ToUniversalTime());
        command.Parameters.AddWithValue(to.ToUniversalTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var arms = new Dictionary<ArmKey, ArmSums>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new ArmKey(reader.GetString(0), reader.GetString(1));
            if (!arms.TryGetValue(key, out var sum))
            {
                arms.Add(key, sum = new());
            }

            var start = new DateTimeOffset(reader.GetDateTime(17));
            sum.Add(block is { } length ? (start - from).Ticks / length.Ticks : null, new()
            {
                Decisions = reader.GetInt64(2),
                Denied = reader.GetInt64(3),
                WronglyThrottled = reader.GetInt64(4),
                OverAdmitted = reader.GetDouble(5),
                Admitted = reader.GetInt64(6),
                Reported = reader.GetInt64(7),
                Failures = reader.GetInt64(8),
                Clamped = reader.GetInt64(9),
                Error = ReadError(reader, 10),
                Latencies = new(reader.GetFieldValue<int[]>(16)),
            });
        }

        return arms;
    }

    /// <summary>Rows and events of all partitions since the tables exist.</summary>
    public async Task<(long Rows, long Late, long Duplicates, long Unmatched)> TotalsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT coalesce(sum(rows_written), 0)::bigint, coalesce(sum(late), 0)::bigint,
                   coalesce(sum(duplicates), 0)::bigint, coalesce(sum(unmatched), 0)::bigint
            FROM drift_checkpoints
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    // The champion at the window's end: a promotion within it leaves the former one's rows out.
    private async Task<(string Version, RelativeError Error)> ChampionAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
             SELECT model_version, {ErrorSums} FROM drift_windows
             WHERE window_start >= $1 AND window_start < $2 AND arm = 'model' AND model_version <> ''
             GROUP BY model_version ORDER BY max(window_start) DESC, sum(decisions) DESC LIMIT 1
             """);
        command.Parameters.AddWithValue(start.ToUniversalTime());
        command.Parameters.AddWithValue(end.ToUniversalTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), ReadError(reader, 1)) : ("", new());
    }

    private static ProbeSums ReadProbes(NpgsqlDataReader row, int at) => new()
    {
        Reported = row.GetInt64(at),
        Weight = row.GetDouble(at + 1),
        ReportedWeight = row.GetDouble(at + 2),
        ReportedSquares = row.GetDouble(at + 3),
        OkWeight = row.GetDouble(at + 4),
    };

    private static RelativeError ReadError(NpgsqlDataReader row, int at) => new(new RelativeErrorSums(
        row.GetInt64(at), row.GetDouble(at + 1), row.GetDouble(at + 2), row.GetDouble(at + 3), row.GetDouble(at + 4), row.GetDouble(at + 5)));
}
