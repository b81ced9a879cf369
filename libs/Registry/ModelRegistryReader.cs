using System.Security.Cryptography;
using Npgsql;

namespace RateLimitSuite.Registry;

/// <summary>Reads the model registry, whose tables Trainer owns. Safe to use from many threads.</summary>
/// <remarks>A database in which Trainer has not made its tables yet reads as a registry without models. Every other fault is thrown.</remarks>
public sealed class ModelRegistryReader(NpgsqlDataSource database)
{
    private const string RecordColumns =
        """
        version, sha256, state, created_at, coalesce(parent_version, ''), kind, engine, reason, schema_hash, data_hash, row_count,
        octet_length(model_text)::bigint, mae, violation_rate, ridge_mae, parameters::text, metrics::text, rejected_because
        """;

    /// <summary>What is served now.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<RegistrySnapshot> GetServedAsync(CancellationToken cancellationToken = default)
    {
        const string Sql =
            """
            SELECT champion.version, champion.sha256, champion.schema_hash, challenger.version, challenger.sha256, challenger.schema_hash,
                   previous.version, previous.sha256, previous.schema_hash, serving.challenger_stage, serving.challenger_share, serving.salt,
                   serving.watch_until IS NOT NULL
            FROM registry_serving AS serving
            LEFT JOIN registry_models AS champion ON champion.version = serving.champion
            LEFT JOIN registry_models AS challenger ON challenger.version = serving.challenger
            LEFT JOIN registry_models AS previous ON previous.version = serving.previous
            """;
        try
        {
            await using var command = database.CreateCommand(Sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? ToSnapshot(reader) : RegistrySnapshot.Empty;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return RegistrySnapshot.Empty;
        }
    }

    /// <summary>A model's LightGBM text, verified against the SHA-256 it was registered with.</summary>
    /// <exception cref="KeyNotFoundException">No such version.</exception>
    /// <exception cref="ModelIntegrityException">The bytes are not the registered ones.</exception>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<byte[]> GetTextAsync(string version, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand("SELECT sha256, model_text FROM registry_models WHERE version = $1");
        command.Parameters.AddWithValue(version);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new KeyNotFoundException($"The registry holds no model '{version}'.");
        }

        var expected = reader.GetString(0);
        var text = reader.GetFieldValue<byte[]>(1);
        var actual = Convert.ToHexStringLower(SHA256.HashData(text));
        return actual == expected ? text : throw new ModelIntegrityException(version, expected, actual);
    }

    /// <summary>One model's record; null: no such version.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<ModelRecord?> GetAsync(string version, CancellationToken cancellationToken = default)
    {
        var found = await QueryAsync($"SELECT {RecordColumns} FROM registry_models WHERE version = $1", [version], cancellationToken);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>The newest models first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="state">One of <see cref="ModelStates"/>; null: all.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task<IReadOnlyList<ModelRecord>> ListAsync(int limit, string? state = null, CancellationToken cancellationToken = default)
    {
        const string Sql =
            $"""
             SELECT {RecordColumns} FROM registry_models
             WHERE $2 = '' OR state = $2 ORDER BY created_at DESC, version DESC LIMIT $1
             """;
        return QueryAsync(Sql, [limit, state ?? ""], cancellationToken);
    }

    private async Task<IReadOnlyList<ModelRecord>> QueryAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        var records = new List<ModelRecord>();
        try
        {
            await using var command = database.CreateCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.AddWithValue(value);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                records.Add(ToRecord(reader));
            }
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return [];
        }

        return records;
    }

    private static RegistrySnapshot ToSnapshot(NpgsqlDataReader row) => new()
    {
        Champion = ToServed(row, 0),
        Challenger = ToServed(row, 3),
        Previous = ToServed(row, 6),
        ChallengerStage = row.GetString(9) switch
        {
            ModelStates.Shadow => ChallengerStage.Shadow,
            ModelStates.Canary => ChallengerStage.Canary,
            _ => ChallengerStage.None,
        },
        ChallengerShare = row.GetDouble(10),
        Salt = row.GetString(11),
        IsWatched = row.GetBoolean(12),
    };

    private static ServedModel? ToServed(NpgsqlDataReader row, int at) =>
        row.IsDBNull(at) ? null : new(row.GetString(at), row.GetString(at + 1), row.GetString(at + 2));

    private static ModelRecord ToRecord(NpgsqlDataReader row) => new()
    {
        Version = row.GetString(0),
        Sha256 = row.GetString(1),
        State = row.GetString(2),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(3),
        ParentVersion = row.GetString(4),
        Kind = row.GetString(5),
        Engine = row.GetString(6),
        Reason = row.GetString(7),
        SchemaHash = row.GetString(8),
        DataHash = row.GetString(9),
        Rows = row.GetInt64(10),
        Bytes = row.GetInt64(11),
        Mae = row.IsDBNull(12) ? null : row.GetDouble(12),
        ViolationRate = row.IsDBNull(13) ? null : row.GetDouble(13),
        RidgeMae = row.IsDBNull(14) ? null : row.GetDouble(14),
        ParametersJson = row.GetString(15),
        MetricsJson = row.GetString(16),
        RejectedBecause = row.GetString(17),
    };
}
