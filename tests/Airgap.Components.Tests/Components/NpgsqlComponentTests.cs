using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Airgap.Components.Tests.Components;

public sealed class NpgsqlComponentTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task AddNpgsqlDataSource_WithConnectionString_ConnectsAndIsHealthy()
    {
        using var host = CreateHost(builder => builder.AddNpgsqlDataSource("suite"), ("ConnectionStrings:suite", postgres.ConnectionString));

        await using var command = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT 41 + 1");
        var health = await CheckAsync(host);

        Assert.Equal(42, await command.ExecuteScalarAsync());
        Assert.Equal(HealthStatus.Healthy, health.Entries["PostgreSql"].Status);
    }

    [Fact]
    public async Task AddKeyedNpgsqlDataSource_TwoDatabases_AreApart()
    {
        await using var other = await postgres.CreateDatabaseAsync();
        using var host = CreateHost(
            builder =>
            {
                builder.AddKeyedNpgsqlDataSource("a");
                builder.AddKeyedNpgsqlDataSource("b");
            },
            ("ConnectionStrings:a", postgres.ConnectionString),
            ("ConnectionStrings:b", other.ConnectionString));

        var names = new[] { "a", "b" }.Select(key => new NpgsqlConnectionStringBuilder(host.Services.GetRequiredKeyedService<NpgsqlDataSource>(key).ConnectionString).Database);

        Assert.Equal(2, names.Distinct().Count());
        Assert.Equal(["PostgreSql_a", "PostgreSql_b"], (await CheckAsync(host)).Entries.Keys.Order());
    }

    [Fact]
    public async Task HealthCheck_ServerIsAway_IsUnhealthy()
    {
        using var host = CreateHost(builder => builder.AddNpgsqlDataSource("suite"), ("ConnectionStrings:suite", "Host=127.0.0.1;Port=1;Username=nobody"));

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host)).Entries["PostgreSql"].Status);
    }

    [Fact]
    public void AddNpgsqlDataSource_SettingsInEveryPlace_TheLastWins()
    {
        string? atTheEnd = null;
        var strings = new[]
        {
            ("Aspire:Npgsql:ConnectionString", "Host=first"),
            ("Aspire:Npgsql:suite:ConnectionString", "Host=second"),
            ("ConnectionStrings:suite", "Host=third"),
        };

        foreach (var count in new[] { 1, 2, 3 })
        {
            using var host = CreateHost(builder => builder.AddNpgsqlDataSource("suite", settings => atTheEnd = settings.ConnectionString), strings[..count]);
            Assert.Equal(strings[count - 1].Item2, atTheEnd);
        }
    }

    [Fact]
    public void AddNpgsqlDataSource_ChecksDisabled_AddsNone()
    {
        using var host = CreateHost(builder => builder.AddNpgsqlDataSource("suite"), ("Aspire:Npgsql:DisableHealthChecks", "true"), ("ConnectionStrings:suite", "Host=x"));

        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public void Resolve_NoConnectionString_ThrowsOnlyThenAndNamesTheSetting()
    {
        using var host = CreateHost(builder => builder.AddNpgsqlDataSource("suite"));

        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<NpgsqlDataSource>());

        Assert.Contains("ConnectionStrings:suite", error.Message, StringComparison.Ordinal);
    }

    private static IHost CreateHost(Action<IHostApplicationBuilder> add, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddLogging();
        add(builder);
        return builder.Build();
    }

    private static Task<HealthReport> CheckAsync(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
}
