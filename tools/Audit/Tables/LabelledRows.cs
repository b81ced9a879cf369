using Npgsql;

namespace RateLimitSuite.Audit.Tables;

/// <summary>Labelled rows of <c>claw_metrics</c>.</summary>
internal static class LabelledRows
{
    // Each row costs a prediction a shuffle: a day of a busy backend is sampled by its newest.
    private const int RowsMaximum = 200_000;

    /// <summary>Feature vectors, one after the other, and their labels.</summary>
    public static async Task<(double[] Rows, double[] Labels)> ReadAsync(
        NpgsqlDataSource database, IReadOnlyList<string> features, TimeSpan history, CancellationToken cancellationToken)
    {
        // A model's feature names come from a file, so they are quoted as identifiers.
        var columns = string.Join(", ", features.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"::float8"));
        List<double> rows = [], labels = [];
        try
        {
            await using var command = database.CreateCommand(
                $"""
                 SELECT actual_refill_rate::float8, {columns} FROM claw_metrics
                 WHERE request_ts >= now() - $1 AND actual_refill_rate IS NOT NULL ORDER BY request_ts DESC LIMIT {RowsMaximum}
                 """);
            command.Parameters.AddWithValue(history);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                labels.Add(reader.GetDouble(0));
                for (var feature = 0; feature < features.Count; feature++)
                {
                    rows.Add(reader.IsDBNull(feature + 1) ? double.NaN : reader.GetDouble(feature + 1));
                }
            }
        }
        catch (NpgsqlException fault)
        {
            throw new UsageException($"claw_metrics cannot be read: {fault.Message}");
        }

        return ([.. rows], [.. labels]);
    }
}
