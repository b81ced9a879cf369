using Npgsql;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>Reads the serving row.</summary>
internal static class ServingReader
{
    public const string Sql =
        """
        SELECT coalesce(champion, ''), coalesce(previous, ''), coalesce(challenger, ''), challenger_stage, challenger_share,
               stage_since, promoted_at, watch_until, promotion_stopped,
               (SELECT kind FROM registry_models WHERE version = challenger) IS NOT DISTINCT FROM 'starter'
        FROM registry_serving
        """;

    public static async Task<Serving> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new InvalidOperationException("registry_serving has no row: migration 0001_registry writes it, and nothing may delete it.");
        }

        return new(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetDouble(4),
            Time(reader, 5), Time(reader, 6), Time(reader, 7), reader.GetBoolean(8), reader.GetBoolean(9));
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetFieldValue<DateTimeOffset>(at);
}
