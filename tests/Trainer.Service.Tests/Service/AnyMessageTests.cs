using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Trainer.Tests.Service;

/// <summary>What nobody should send is refused by name, and the registry stays as it was.</summary>
public sealed class AnyMessageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Rounds = 100;

    [Fact]
    public async Task Calls_AnyFieldsAndAnyBytes_AreAnsweredOrRefused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.CreateAsync(database);
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(database.ConnectionString, monitor.Address);
        await trainer.UntilAsync(_ => true);
        var fuzz = new ServiceFuzz(trainer.Invoker, TrainerApi.Descriptor, TrainerProcess.As(SuiteRoles.Operator));

        var refused = await fuzz.AnyFieldsAsync(Rounds, seed: 12);
        await fuzz.AnyBytesAsync();

        Assert.InRange(refused, 50, 7 * Rounds);
        var status = await trainer.UntilAsync(_ => true);
        Assert.Equal(("", "", null), (status.ChampionVersion, status.ChallengerVersion, status.Current));
        Assert.True((await trainer.Api.GetHistoryAsync(new(), TrainerProcess.As(SuiteRoles.Viewer))).ChainIntact);
    }
}
