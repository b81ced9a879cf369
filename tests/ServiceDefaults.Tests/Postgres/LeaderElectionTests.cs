using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Postgres;

public sealed class LeaderElectionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_Alone_Leads()
    {
        using var only = new Candidate(postgres.DataSource, "alone");

        await only.Election.StartAsync(default);

        Assert.True(await only.NextAsync());
        Assert.False(only.Election.Term.IsCancellationRequested);
        await only.Election.StopAsync(default);
        Assert.False(only.Election.IsLeader);
    }

    [Fact]
    public async Task Stop_OfTheLeader_LetsAnotherLead()
    {
        using var first = new Candidate(postgres.DataSource, "handover");
        using var second = new Candidate(postgres.DataSource, "handover");
        await first.Election.StartAsync(default);
        Assert.True(await first.NextAsync());
        await second.Election.StartAsync(default);
        await second.Clock.WaitForTimersAsync(1);   // It asked once, in vain.
        Assert.False(second.Election.IsLeader);

        await first.Election.StopAsync(default);
        Assert.False(await first.NextAsync());
        second.Clock.Advance(LeaderElection.CheckEvery);

        Assert.True(await second.NextAsync());
        await second.Election.StopAsync(default);
    }

    [Fact]
    public async Task Lead_SessionKilled_EndsTheTermAndLeadsAgain()
    {
        await using var dataSource = NpgsqlDataSource.Create(postgres.ConnectionString + ";Application Name=killed");
        using var leader = new Candidate(dataSource, "killed");
        await leader.Election.StartAsync(default);
        Assert.True(await leader.NextAsync());
        var term = leader.Election.Term;
        await leader.Clock.WaitForTimersAsync(1);

        await using (var kill = postgres.DataSource.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'killed'"))
        {
            await kill.ExecuteNonQueryAsync();
        }

        leader.Clock.Advance(LeaderElection.CheckEvery);
        Assert.False(await leader.NextAsync());
        Assert.True(term.IsCancellationRequested);

        await leader.Clock.WaitForTimersAsync(1);
        leader.Clock.Advance(LeaderElection.CheckEvery);
        Assert.True(await leader.NextAsync());
        await leader.Election.StopAsync(default);
    }

    [Fact]
    public async Task Start_OtherName_LeadsBesideTheFirst()
    {
        using var first = new Candidate(postgres.DataSource, "trainer");
        using var second = new Candidate(postgres.DataSource, "trigger");

        await first.Election.StartAsync(default);
        await second.Election.StartAsync(default);

        Assert.True(await first.NextAsync());
        Assert.True(await second.NextAsync());
        await first.Election.StopAsync(default);
        await second.Election.StopAsync(default);
    }

    private sealed class Candidate : IDisposable
    {
        private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();

        public Candidate(NpgsqlDataSource dataSource, string name)
        {
            Election = new LeaderElection(dataSource, name, Clock, NullLogger<LeaderElection>.Instance);
            Election.Changed += (_, leads) => _changes.Writer.TryWrite(leads);
        }

        public ManualTimeProvider Clock { get; } = new();

        public LeaderElection Election { get; }

        public async Task<bool> NextAsync()
        {
            using var timeout = new CancellationTokenSource(Longest);
            return await _changes.Reader.ReadAsync(timeout.Token);
        }

        public void Dispose() => Election.Dispose();
    }
}
