using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Postgres;

public sealed class SuiteMigrationsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly (string, string) First = ("0001_first", "CREATE TABLE first (id int);");
    private static readonly (string, string) Second = ("0002_second", "CREATE TABLE second (id int); INSERT INTO first VALUES (2);");

    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task RunAsync_EmptyDatabase_AppliesEveryScriptInOrderOnce()
    {
        var scripts = new ScriptAssembly(Second, First);

        Assert.Equal(2, await RunAsync(scripts));
        Assert.Equal(0, await RunAsync(scripts));

        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM first"));   // One insert of script 2.
        Assert.Equal("0001_first,0002_second", await ScalarAsync(
            "SELECT string_agg(to_char(number, 'FM0000') || '_' || name, ',' ORDER BY number) FROM suite_migrations WHERE owner = 'owner'"));
    }

    [Fact]
    public async Task RunAsync_NewScript_AppliesOnlyThat()
    {
        await RunAsync(new ScriptAssembly(First));

        Assert.Equal(1, await RunAsync(new ScriptAssembly(First, Second)));
    }

    [Fact]
    public async Task RunAsync_AppliedScriptChanged_ThrowsAndNamesIt()
    {
        await RunAsync(new ScriptAssembly(First));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(new ScriptAssembly(("0001_first", "CREATE TABLE other (id int);"), Second)));

        Assert.Contains("0001_first", error.Message, StringComparison.Ordinal);
        Assert.Equal(false, await ScalarAsync("SELECT to_regclass('second') IS NOT NULL"));
    }

    [Fact]
    public async Task RunAsync_OnlyLineEndsDiffer_IsTheSameScript()
    {
        await RunAsync(new ScriptAssembly(("0001_first", "CREATE TABLE first (\n  id int);")));

        Assert.Equal(0, await RunAsync(new ScriptAssembly(("0001_first", "CREATE TABLE first (\r\n  id int);"))));
    }

    [Fact]
    public async Task RunAsync_DatabaseIsNewerThanTheScripts_Throws()
    {
        await RunAsync(new ScriptAssembly(First, Second));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(new ScriptAssembly(First)));

        Assert.Contains("0002_second", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NumberBelowTheNewestApplied_Throws()
    {
        await RunAsync(new ScriptAssembly(("0003_third", "CREATE TABLE third (id int);")));

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RunAsync(new ScriptAssembly(First, ("0003_third", "CREATE TABLE third (id int);"))));
    }

    [Fact]
    public async Task RunAsync_SecondScriptFails_LeavesNothingOfTheFirst()
    {
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(new ScriptAssembly(First, ("0002_bad", "CREATE TABLE;"))));

        Assert.Equal(false, await ScalarAsync("SELECT to_regclass('first') IS NOT NULL"));
    }

    [Fact]
    public async Task RunAsync_TwoOwnersUseTheSameNumber_AreApart()
    {
        await RunAsync(new ScriptAssembly(First));

        Assert.Equal(1, await SuiteMigrations.RunAsync(_database, new ScriptAssembly(("0001_theirs", "CREATE TABLE theirs (id int);")), "other", default));
    }

    [Fact]
    public async Task RunAsync_EightAtOnce_ApplyEachScriptOnce()
    {
        var scripts = new ScriptAssembly(First, Second);

        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunAsync(scripts)));

        Assert.Equal(2, applied.Sum());
    }

    [Fact]
    public async Task VerifyAsync_ScriptNotApplied_ThrowsAndAppliesNothing()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => SuiteMigrations.VerifyAsync(_database, new ScriptAssembly(First), "owner", default));

        Assert.Contains("0001_first", error.Message, StringComparison.Ordinal);
        Assert.Equal(false, await ScalarAsync("SELECT to_regclass('suite_migrations') IS NOT NULL"));
    }

    [Fact]
    public async Task VerifyAsync_EverythingApplied_Passes()
    {
        await RunAsync(new ScriptAssembly(First, Second));

        await SuiteMigrations.VerifyAsync(_database, new ScriptAssembly(First, Second), "owner", default);
    }

    [Fact]
    public async Task RunAsync_TwoScriptsShareANumber_ThrowsBeforeItConnects()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SuiteMigrations.RunAsync(nowhere, new ScriptAssembly(First, ("0001_again", "SELECT 1")), "owner", default));
    }

    [Fact]
    public async Task RunAsync_ServerIsAway_WaitsUntilItIsBack()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.StopAsync();
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString());
        var clock = new ManualTimeProvider();

        var running = SuiteMigrations.RunAsync(dataSource, new ScriptAssembly(First), "owner", apply: true, clock, NullLogger.Instance, default);
        await clock.WaitForTimersAsync(1);   // It failed once and waits.
        await server.StartAsync();
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, await running.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private Task<int> RunAsync(ScriptAssembly scripts) => SuiteMigrations.RunAsync(_database, scripts, "owner", default);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
