using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Keeps a partition for today and tomorrow (UTC), and drops those past retention.</summary>
internal sealed class ExplanationPartitions(NpgsqlDataSource database, IOptions<ExplainerOptions> options, TimeProvider time)
{
    private const string Prefix = "explanations_d";
    private DateOnly _ensured;

    /// <summary>Does its work once a day; afterwards one comparison.</summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (_ensured == today)
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        for (var day = today.AddDays(-1); day <= today.AddDays(1); day = day.AddDays(1))
        {
            // Names and bounds are made of a date alone, so nothing here comes from outside.
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture,
                $"CREATE TABLE IF NOT EXISTS {Name(day)} PARTITION OF explanations FOR VALUES FROM ('{day:yyyy-MM-dd} 00:00+00') TO ('{day.AddDays(1):yyyy-MM-dd} 00:00+00')"),
                cancellation);
        }

        foreach (var old in await NamesBeforeAsync(connection, today.AddDays(-options.Value.RetentionDays), cancellation))
        {
            await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {old}", cancellation);
        }

        _ensured = today;
    }

    private static string Name(DateOnly day) => Prefix + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static async Task<List<string>> NamesBeforeAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'explanations'::regclass AND relname LIKE $1 AND relname < $2",
            connection) { Parameters = { new() { Value = Prefix + "%" }, new() { Value = Name(day) } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
