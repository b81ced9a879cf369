using Npgsql;
using Xunit;

namespace RateLimitSuite.TestSupport;

/// <summary>A server of a test class's own that may be killed: what it committed is there when it starts again.</summary>
public sealed class DurablePostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;
    private int _databases;

    /// <summary>The server.</summary>
    public PostgresServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    /// <summary>One more empty database; the caller disposes of the data source.</summary>
    /// <returns>Access to it, and its name.</returns>
    public async Task<(NpgsqlDataSource Database, string Name)> CreateDatabaseAsync()
    {
        var name = $"test_{++_databases}";
        await using var admin = NpgsqlDataSource.Create(Server.ConnectionString() + ";Pooling=false");
        await using var command = admin.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return (NpgsqlDataSource.Create(Server.ConnectionString(name)), name);
    }

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await PostgresServer.StartNewAsync(durable: true);

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
