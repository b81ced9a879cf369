using Npgsql;

namespace RateLimitSuite.Audit.Tables;

/// <summary>Reads table <c>explanations</c>.</summary>
internal static class StoredExplanations
{
    private const string Columns =
        "request_id, decided_at, client_id, subnet, allowed, decided_by::int, prediction, base_value, shap, features, model_version, mode";

    /// <summary>Those of named requests.</summary>
    public static Task<IReadOnlyList<StoredExplanation>> OfRequestsAsync(NpgsqlDataSource database, IReadOnlyList<string> requestIds, CancellationToken cancellationToken) =>
        QueryAsync(database, $"SELECT {Columns} FROM explanations WHERE request_id = ANY ($1) ORDER BY decided_at", [requestIds.ToArray()], cancellationToken);

    /// <summary>A sample of a recent interval, the same for the same rows and seed.</summary>
    public static Task<IReadOnlyList<StoredExplanation>> SampleAsync(
        NpgsqlDataSource database, TimeSpan history, int count, int seed, CancellationToken cancellationToken) =>
        QueryAsync(
            database,
            $"SELECT {Columns} FROM explanations WHERE decided_at >= now() - $1 ORDER BY hashtextextended(request_id, $2), request_id LIMIT $3",
            [history, (long)seed, count],
            cancellationToken);

    private static async Task<IReadOnlyList<StoredExplanation>> QueryAsync(NpgsqlDataSource database, string sql, object[] values, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.AddWithValue(value);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<StoredExplanation>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(new(
                    reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4),
                    reader.GetInt32(5), reader.GetDouble(6), reader.GetDouble(7), reader.GetFieldValue<double[]>(8), reader.GetFieldValue<double[]>(9),
                    reader.GetString(10), reader.GetString(11)));
            }

            return rows;
        }
        catch (NpgsqlException fault)
        {
            throw new UsageException($"explanations cannot be read: {fault.Message}");
        }
    }
}
