using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace RateLimitSuite.Registry.Tests;

/// <summary>The registry's tables as Trainer migrates them, and rows in them.</summary>
internal static class RegistryTables
{
    public static async Task CreateAsync(NpgsqlDataSource database)
    {
        await using var stream = typeof(RegistryTables).Assembly.GetManifestResourceStream("registry.sql")!;
        using var reader = new StreamReader(stream);
        await ExecuteAsync(database, await reader.ReadToEndAsync());
    }

    public static async Task InsertModelAsync(NpgsqlDataSource database, string version, string state, string text)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO registry_models (version, created_at, kind, engine, reason, state, schema_hash, sha256, model_text, data_hash, row_count, parameters, metrics, mae)
            VALUES ($1, now(), 'full', 'native', 'first', $2, 'schema', $3, $4, 'data', 10, '{}', '{}', 0.1)
            """);
        var bytes = Encoding.UTF8.GetBytes(text);
        command.Parameters.AddWithValue(version);
        command.Parameters.AddWithValue(state);
        command.Parameters.AddWithValue(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        command.Parameters.AddWithValue(bytes);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
