using Npgsql;
using Xunit;

namespace RateLimitSuite.TestSupport;

/// <summary>A fresh, empty database for a test class, on one server for the whole test run; use as class or collection fixture.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(StartServerAsync);
    private static int _databases;

    private PostgresServer? _server;
    private NpgsqlDataSource? _dataSource;

    /// <summary>Pooled access to the database.</summary>
    public NpgsqlDataSource DataSource => _dataSource ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    /// <summary>How to connect to the database, for a service under test.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>One more empty database; the caller disposes of the data source.</summary>
    public async Task<NpgsqlDataSource> CreateDatabaseAsync()
    {
        var server = _server ?? throw new InvalidOperationException("The fixture is not initialised yet.");
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var admin = NpgsqlDataSource.Create(server.ConnectionString());
        await using var command = admin.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return NpgsqlDataSource.Create(server.ConnectionString(name));
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _server = await Server.Value;
        _dataSource = await CreateDatabaseAsync();
        ConnectionString = _dataSource.ConnectionString;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_dataSource is not null)
        {
            await _dataSource.DisposeAsync();
        }
    }

    private static async Task<PostgresServer> StartServerAsync()
    {
        var server = await PostgresServer.StartNewAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }
}
