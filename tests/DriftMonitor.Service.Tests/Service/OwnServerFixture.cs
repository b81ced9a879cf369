using RateLimitSuite.TestSupport;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>The service on a PostgreSQL of its own, which a test may kill.</summary>
public sealed class OwnServerFixture : ServiceFixture
{
    private PostgresServer? _server;

    /// <summary>The server.</summary>
    public PostgresServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    /// <inheritdoc/>
    protected override async Task<string> StartDatabaseAsync()
    {
        _server = await PostgresServer.StartNewAsync(durable: true);
        return _server.ConnectionString();
    }

    /// <inheritdoc/>
    protected override Task EndDatabaseAsync() => _server?.DisposeAsync().AsTask() ?? Task.CompletedTask;
}
