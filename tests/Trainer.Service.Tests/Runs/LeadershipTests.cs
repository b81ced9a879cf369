using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Tests.Runs;

public sealed class LeadershipTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task RunAsync_WorkFailsForTheDatabaseAsItsTermEnds_Returns()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var election = await ElectedAsync(database);
        var ran = false;

        await new Leadership(election).RunAsync(
            async term =>
            {
                // The session that holds the lock ends, as when the server does; what asked the server then fails.
                await using var end = database.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()");
                await end.ExecuteNonQueryAsync(CancellationToken.None);
                await Task.Delay(System.Threading.Timeout.Infinite, term).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ran = true;
                throw new NpgsqlException("the database is away");
            },
            CancellationToken.None).WaitAsync(Timeout);

        Assert.True(ran);
        await election.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task RunAsync_WorkFailsInItsTerm_Throws()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var election = await ElectedAsync(database);

        await Assert.ThrowsAsync<NpgsqlException>(() => new Leadership(election).RunAsync(_ => throw new NpgsqlException("a mistake"), CancellationToken.None).WaitAsync(Timeout));

        await election.StopAsync(CancellationToken.None);
    }

    private static async Task<LeaderElection> ElectedAsync(NpgsqlDataSource database)
    {
        var election = new LeaderElection(database, "leadership-test", TimeProvider.System, NullLogger<LeaderElection>.Instance);
        await election.StartAsync(CancellationToken.None);
        return election;
    }
}
