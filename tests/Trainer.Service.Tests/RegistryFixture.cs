using Npgsql;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;

namespace RateLimitSuite.Trainer.Tests;

/// <summary>A migrated registry in a database of its own.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    private int _models;

    private RegistryFixture(NpgsqlDataSource database, TimeProvider time)
    {
        Database = database;
        Time = time;
        Registry = new(database, Events, time);
        Reader = new(database);
        History = new(database);
    }

    public NpgsqlDataSource Database { get; }

    public TimeProvider Time { get; }

    public RecordedEvents Events { get; } = new();

    public ModelRegistry Registry { get; }

    public ModelRegistryReader Reader { get; }

    public RegistryHistory History { get; }

    public static async Task<RegistryFixture> CreateAsync(PostgresFixture postgres, TimeProvider? time = null) =>
        await CreateAsync(await postgres.CreateDatabaseAsync(), time);

    /// <summary>In an empty database, which is disposed of with the registry.</summary>
    public static async Task<RegistryFixture> CreateAsync(NpgsqlDataSource database, TimeProvider? time = null)
    {
        await SuiteMigrations.RunAsync(database, typeof(ModelRegistry).Assembly, "trainer", CancellationToken.None);
        return new(database, time ?? TimeProvider.System);
    }

    /// <summary>Registers a candidate whose text is no model, which the registry does not mind.</summary>
    public Task<string> RegisterAsync(bool passed = true, double mae = 0.1) => Registry.RegisterAsync(
        new()
        {
            Text = [.. "tree "u8, (byte)('a' + _models++)],
            CreatedAt = Time.GetUtcNow(),
            Kind = "full",
            Engine = "native",
            Reason = "manual",
            SchemaHash = "schema",
            DataHash = "data",
            Rows = 10,
            ParametersJson = "{}",
            MetricsJson = "{}",
            Mae = mae,
            Gates = [new("holdout", passed, """{"mae": 0.1}""", passed ? "good" : "worse than the champion")],
        },
        CancellationToken.None);

    /// <summary>Registers a model and makes it champion.</summary>
    public async Task<string> PromoteNewAsync(string actor = "alice", TimeSpan? watch = null)
    {
        var version = await RegisterAsync();
        await Registry.PromoteAsync(version, actor, "by hand", watch ?? TimeSpan.FromMinutes(1), CancellationToken.None);
        return version;
    }

    public Task<Serving> ServingAsync() => Registry.GetServingAsync(CancellationToken.None);

    public async Task<string> StateAsync(string version) => (await Reader.GetAsync(version))!.State;

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>Keeps what would be published.</summary>
    internal sealed class RecordedEvents : IModelEvents
    {
        private readonly List<ModelChange> _changes = [];

        public IReadOnlyList<ModelChange> Changes => _changes;

        public void Publish(ModelChange change, DateTimeOffset at) => _changes.Add(change);
    }
}
