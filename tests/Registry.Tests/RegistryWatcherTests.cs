using System.Threading.Channels;
using Microsoft.Extensions.Logging;
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
    public async Task Wake_DatabaseAway_SaysSoOnceAndGoesOn()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1");
        var log = new Lines();
        using var watcher = Watch(nowhere, new Recorder(), log);
        await watcher.StartAsync(CancellationToken.None);
        Assert.Contains("cannot be read", await log.NextAsync(), StringComparison.Ordinal);

        watcher.Wake();
        await watcher.StopAsync(CancellationToken.None);

        Assert.True(watcher.ExecuteTask!.IsCompletedSuccessfully);
        Assert.True(log.IsEmpty);
    }

    // An hour between looks: only Wake can bring the next one within a test's time.
    private static RegistryWatcher Watch(NpgsqlDataSource database, IRegistryHandler handler, ILogger<RegistryWatcher>? log = null) => new(
        new ModelRegistryReader(database), handler, Options.Create(new RegistryWatcherOptions { PollInterval = TimeSpan.FromHours(1) }), TimeProvider.System,
        log ?? NullLogger<RegistryWatcher>.Instance);

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

    private sealed class Lines : ILogger<RegistryWatcher>
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public bool IsEmpty => _lines.Reader.Count == 0;

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(Timeout);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite(formatter(state, exception));
    }
}
