using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Registry.Tests;

public sealed class RegistryWatcherTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Wake_RegistryChanged_AppliesTheNewSnapshot()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RegistryTables.CreateAsync(database);
        await RegistryTables.InsertModelAsync(database, "a", ModelStates.Champion, "a");
        var handler = new Recorder();
        using var watcher = Watch(database, handler);
        await watcher.StartAsync(CancellationToken.None);
        Assert.Null((await handler.NextAsync()).Champion);

        await RegistryTables.ExecuteAsync(database, "UPDATE registry_serving SET champion = 'a'");
        watcher.Wake();

        Assert.Equal("a", (await handler.NextAsync()).Champion?.Version);
        await watcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Wake_HandlerFailed_IsAskedAgain()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var handler = new Recorder { FailuresLeft = 1 };
        using var watcher = Watch(database, handler);
        await watcher.StartAsync(CancellationToken.None);
        await handler.NextAsync();

        watcher.Wake();

        Assert.Equal(RegistrySnapshot.Empty, await handler.NextAsync());
        await watcher.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Start_DatabaseAway_KeepsLooking()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1");
        var handler = new Recorder();
        using var watcher = Watch(nowhere, handler);
        await watcher.StartAsync(CancellationToken.None);
        watcher.Wake();

        await watcher.StopAsync(CancellationToken.None);

        Assert.True(watcher.ExecuteTask!.IsCompletedSuccessfully);
    }

    // An hour between looks: only Wake can bring the next one within a test's time.
    private static RegistryWatcher Watch(NpgsqlDataSource database, IRegistryHandler handler) => new(
        new ModelRegistryReader(database), handler, Options.Create(new RegistryWatcherOptions { PollInterval = TimeSpan.FromHours(1) }), TimeProvider.System,
        NullLogger<RegistryWatcher>.Instance);

    private sealed class Recorder : IRegistryHandler
    {
        private readonly Channel<RegistrySnapshot> _applied = Channel.CreateUnbounded<RegistrySnapshot>();

        public int FailuresLeft { get; set; }

        public Task ApplyAsync(RegistrySnapshot snapshot, CancellationToken cancellationToken)
        {
            _applied.Writer.TryWrite(snapshot);
            return FailuresLeft-- > 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        }

        public Task<RegistrySnapshot> NextAsync() => _applied.Reader.ReadAsync().AsTask().WaitAsync(Timeout);
    }
}
