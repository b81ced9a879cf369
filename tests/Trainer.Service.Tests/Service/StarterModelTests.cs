using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Trainer.Tests.Service;

/// <summary>What is watched before there is a model of the suite's own traffic.</summary>
public sealed class StarterModelTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Shipped = "--Trainer:Starter=Starter/model.txt";

    [Fact]
    public async Task Start_EmptyRegistry_WatchesTheShippedModelAndNeverTriesIt()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(database.ConnectionString, monitor.Address, Shipped);

        var status = await trainer.UntilAsync(s => s.ChallengerVersion.Length > 0);

        var model = (await trainer.Api.GetModelAsync(new() { Version = status.ChallengerVersion }, TrainerProcess.As(SuiteRoles.Viewer))).Model;
        Assert.Equal(("starter", ModelStates.Shadow, 0.0), (model.Kind, model.State, model.Share));
        Assert.Equal("", status.ChampionVersion);

        // A process that takes over resumes trials, and this is none.
        await trainer.KillAsync();
        using var next = TrainerProcess.Start(database.ConnectionString, monitor.Address, Shipped);
        var after = await next.UntilAsync(s => s.ChallengerVersion == status.ChallengerVersion);
        Assert.Null(after.Current);
        Assert.Single((await next.Api.ListModelsAsync(new() { Limit = 10 }, TrainerProcess.As(SuiteRoles.Viewer))).Models);
    }

    [Fact]
    public async Task Start_WithRows_TheFirstModelOfTheirsTakesItsPlace()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(database.ConnectionString, monitor.Address, Shipped);
        var starter = (await trainer.UntilAsync(s => s.ChallengerVersion.Length > 0)).ChallengerVersion;

        await ClawMetrics.FillAsync(database);

        var served = await trainer.UntilAsync(s => s.ChampionVersion.Length > 0 && s.Current is null);
        Assert.NotEqual(starter, served.ChampionVersion);
        var history = (await trainer.Api.GetHistoryAsync(new(), TrainerProcess.As(SuiteRoles.Viewer))).Entries.Where(e => e.Version == starter).OrderBy(e => e.Number).ToArray();
        Assert.Equal(["registered", "shadow", "rejected"], history.Select(e => e.Event));
        Assert.Contains("takes its place", history[^1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Starter/nothing.txt")]
    [InlineData("appsettings.json")]
    public async Task Start_NoSuchModel_GoesOnWithout(string file)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(database.ConnectionString, monitor.Address, $"--Trainer:Starter={file}");
        await ClawMetrics.FillAsync(database);

        var served = await trainer.UntilAsync(s => s.ChampionVersion.Length > 0 && s.Current is null);

        Assert.Equal("", served.ChallengerVersion);
    }
}
