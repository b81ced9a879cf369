using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Postgres;

public sealed class SuiteMigrationServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly ScriptAssembly Scripts = new(("0001_first", "CREATE TABLE first (id int);"));
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_ServerIsThere_MakesTheTablesReady()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var host = CreateHost(database.ConnectionString);

        await host.StartAsync();
        await host.Services.GetRequiredService<SuiteDatabase>().Ready.WaitAsync(Longest);

        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await using var command = database.CreateCommand("SELECT count(*) FROM first");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_MigrateIsFalseAndTablesLack_StopsTheHostAndMakesNone()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var host = CreateHost(database.ConnectionString, ("Database:Migrate", "false"));
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await host.StartAsync();

        await stopping.Task.WaitAsync(Longest);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.GetRequiredService<SuiteDatabase>().Ready);
        await using var command = database.CreateCommand("SELECT to_regclass('first') IS NULL");
        Assert.Equal(true, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Start_ServerIsAway_DoesNotHoldUpTheHost()
    {
        using var host = CreateHost("Host=127.0.0.1;Port=1;Username=nobody");

        await host.StartAsync().WaitAsync(Longest);

        Assert.False(host.Services.GetRequiredService<SuiteDatabase>().Ready.IsCompleted);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await host.StopAsync();
    }

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    private static IHost CreateHost(string connection, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(connection));
        builder.AddSuiteMigrations(Scripts, "owner");
        return builder.Build();
    }
}
