using Npgsql;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Explainer.Snapshots;

/// <summary>Table <c>shap_hours</c>.</summary>
internal sealed class SnapshotStore(NpgsqlDataSource database, FeatureSchema schema)
{
    private const int MostRows = 10_000;

    private const string Upsert =
        """
        INSERT INTO shap_hours (hour, model_version, mode, run, count, weight, throttled, base_value, prediction, magnitude, shap, abs_shap)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (hour, model_version, mode, run) DO UPDATE SET count = excluded.count, weight = excluded.weight, throttled = excluded.throttled,
            base_value = excluded.base_value, prediction = excluded.prediction, magnitude = excluded.magnitude, shap = excluded.shap, abs_shap = excluded.abs_shap
        """;

    /// <summary>Writes a run's sums; the same again replaces them.</summary>
    public async Task WriteAsync(IReadOnlyList<(HourKey Key, HourSum Sum)> sums, Guid run, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        foreach (var (key, sum) in sums)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    new() { Value = key.Hour.UtcDateTime }, new() { Value = key.ModelVersion }, new() { Value = key.Mode }, new() { Value = run },
                    new() { Value = sum.Count }, new() { Value = sum.Weight }, new() { Value = sum.Throttled }, new() { Value = sum.BaseValue },
                    new() { Value = sum.Prediction }, new() { Value = sum.Magnitude }, new() { Value = sum.Shap }, new() { Value = sum.AbsShap },
                },
            });
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>The sums over all runs, oldest first; those of another schema's number of features are left out.</summary>
    public async Task<IReadOnlyList<(HourKey Key, HourSum Sum)>> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"""
             SELECT hour, model_version, mode, count, weight, throttled, base_value, prediction, magnitude, shap, abs_shap FROM shap_hours
             WHERE hour >= $1 AND hour < $2 AND cardinality(shap) = $3 ORDER BY hour DESC LIMIT {MostRows}
             """);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        command.Parameters.AddWithValue(schema.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sums = new Dictionary<HourKey, HourSum>();
        while (await reader.ReadAsync(cancellation))
        {
            var key = new HourKey(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetString(2));
            if (!sums.TryGetValue(key, out var sum))
            {
                sums.Add(key, sum = new HourSum(schema.Count));
            }

            sum.Add(Read(reader));
        }

        return [.. sums.Select(s => (s.Key, s.Value)).OrderBy(s => s.Key.Hour).ThenBy(s => s.Key.ModelVersion, StringComparer.Ordinal)];
    }

    /// <summary>Drops hours past retention.</summary>
    public async Task DropBeforeAsync(DateTimeOffset hour, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("DELETE FROM shap_hours WHERE hour < $1");
        command.Parameters.AddWithValue(hour.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static HourSum Read(NpgsqlDataReader row)
    {
        var shap = row.GetFieldValue<double[]>(9);
        return new HourSum(shap.Length)
        {
            Count = row.GetInt64(3),
            Weight = row.GetDouble(4),
            Throttled = row.GetDouble(5),
            BaseValue = row.GetDouble(6),
            Prediction = row.GetDouble(7),
            Magnitude = row.GetDouble(8),
            Shap = shap,
            AbsShap = row.GetFieldValue<double[]>(10),
        };
    }
}
