using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Npgsql;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Service;

/// <summary>The whole service in its own process: rows in, a served model out, whatever happens on the way.</summary>
public sealed class TrainerServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("train")]
    [InlineData("gates")]
    [InlineData("shadow")]
    [InlineData("canary")]
    [InlineData("watch")]
    public async Task Kill_AtAStep_TheNextProcessEndsWithOneChampionAndAnIntactHistory(string step)
    {
        await using var database = await RowsAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using (var killed = TrainerProcess.Start(database.ConnectionString, monitor.Address, LongEnoughToBeSeen(step)))
        {
            await killed.UntilAsync(status => status.Current?.Step == step);
            await killed.KillAsync();
        }

        using var next = TrainerProcess.Start(database.ConnectionString, monitor.Address);
        var idle = await next.UntilAsync(status => status.ChampionVersion.Length > 0 && status.Current is null && status.Last is not null);

        var models = await next.Api.ListModelsAsync(new() { Limit = 100 }, TrainerProcess.As(SuiteRoles.Viewer));
        Assert.Single(models.Models, model => model.State == ModelStates.Champion);
        Assert.DoesNotContain(models.Models, model => model.State is ModelStates.Shadow or ModelStates.Canary);
        Assert.Equal("", idle.ChallengerVersion);
        Assert.True((await next.Api.GetHistoryAsync(new(), TrainerProcess.As(SuiteRoles.Viewer))).ChainIntact);
        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM registry_trainings WHERE finished_at IS NULL"));
    }

    [Fact]
    public async Task Postgres_StoppedDuringACanary_TheTrialGoesOnWhenItIsBack()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var database = NpgsqlDataSource.Create(server.ConnectionString());
        await ClawMetrics.FillAsync(database);
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(server.ConnectionString(), monitor.Address, "--Loop:CanaryTime=00:00:03");
        await trainer.UntilAsync(status => status.Current?.Step == "canary");

        await server.StopAsync();
        await server.StartAsync();

        var idle = await trainer.UntilAsync(status => status.ChampionVersion.Length > 0 && status.Current is null && status.Last?.Step == "done");
        Assert.Equal("", idle.ChallengerVersion);
        Assert.True((await trainer.Api.GetHistoryAsync(new(), TrainerProcess.As(SuiteRoles.Viewer))).ChainIntact);
    }

    [Fact]
    public async Task Postgres_KilledAsARegistrationCommits_TheRunStartsAgainWhenItIsBack()
    {
        await using var server = await PostgresServer.StartNewAsync(durable: true);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString());
        await ClawMetrics.FillAsync(database);
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(server.ConnectionString(), monitor.Address);
        await trainer.UntilAsync(status => status.Current?.Step is "train" or "gates");   // which write nothing: the next commit is the registration's

        await using var barrier = await PostgresBarrier.AfterCommitAsync(server);
        await barrier.KillThereAsync();
        await barrier.StartAsync();

        await trainer.UntilAsync(status => status.ChampionVersion.Length > 0 && status.Current is null && status.Last?.Step == "done");
        var models = (await trainer.Api.ListModelsAsync(new() { Limit = 100 }, TrainerProcess.As(SuiteRoles.Viewer))).Models;
        Assert.Single(models, model => model.State == ModelStates.Champion);
        Assert.DoesNotContain(models, model => model.State is ModelStates.Shadow or ModelStates.Canary);
        Assert.True((await trainer.Api.GetHistoryAsync(new(), TrainerProcess.As(SuiteRoles.Viewer))).ChainIntact);
        NpgsqlConnection.ClearAllPools();
        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM registry_trainings WHERE finished_at IS NULL"));
    }

    [Fact]
    public async Task Calls_OfEachRole_DoWhatTheyMayAndAnswerWhatIsWrong()
    {
        await using var database = await RowsAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(database.ConnectionString, monitor.Address);
        var first = (await trainer.UntilAsync(status => status.ChampionVersion.Length > 0 && status.Current is null)).ChampionVersion;
        var (viewer, person, service) = (TrainerProcess.As(SuiteRoles.Viewer), TrainerProcess.As(SuiteRoles.Operator), TrainerProcess.As(SuiteRoles.Service));

        var model = await trainer.Api.GetModelAsync(new() { IncludeText = true }, viewer);
        Assert.Equal(model.Model.Sha256, Convert.ToHexStringLower(SHA256.HashData(model.Text.Span)));
        Assert.All(model.Model.Gates, gate => Assert.True(gate.Passed, gate.Message));
        Assert.Contains(model.Model.Gates, gate => gate.Gate == "canary 100 %");

        await RefusedAsync(StatusCode.Unauthenticated, () => trainer.Api.GetStatusAsync(new()).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, () => trainer.Api.PromoteAsync(new() { Version = first, Reason = "x" }, viewer).ResponseAsync);
        await RefusedAsync(StatusCode.PermissionDenied, () => trainer.Api.RollbackAsync(new() { Reason = "x" }, service).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, () => trainer.Api.PromoteAsync(new() { Version = first }, person).ResponseAsync);
        await RefusedAsync(StatusCode.FailedPrecondition, () => trainer.Api.PromoteAsync(new() { Version = first, Reason = "again" }, person).ResponseAsync);
        await RefusedAsync(StatusCode.NotFound, () => trainer.Api.GetModelAsync(new() { Version = "nonsense" }, viewer).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, () => trainer.Api.ListModelsAsync(new() { Limit = -1 }, viewer).ResponseAsync);
        await RefusedAsync(StatusCode.InvalidArgument, () => LastStepAsync(trainer, new() { Reason = "because" }, person));
        await RefusedAsync(StatusCode.PermissionDenied, () => LastStepAsync(trainer, new() { Force = true }, service));

        var done = await LastStepAsync(trainer, new() { Reason = "drift", Detail = "test", Key = "m1@1" }, service);
        Assert.Contains(done.Step, (string[])["done", "rejected"]);
        var replayed = await LastStepAsync(trainer, new() { Reason = "drift", Detail = "test", Key = "m1@1" }, service);
        Assert.Equal(done.RunId, replayed.RunId);

        var compared = await trainer.Api.CompareAsync(new() { VersionA = first, VersionB = first }, viewer);
        Assert.Equal((0, 0, 0), (compared.MaeDifference, compared.Lower, compared.Upper));
        Assert.True(compared.Rows > 0);
    }

    [Fact]
    public async Task Promote_HarmfulModelByHand_IsTakenBackWithinTenSecondsOfEvidence()
    {
        await using var database = await RowsAsync();
        await using var monitor = await FakeDriftMonitor.StartAsync(new(database));
        using var trainer = TrainerProcess.Start(database.ConnectionString, monitor.Address, "--Loop:WatchTime=00:00:30", "--Loop:BetweenStarts=00:00:01");
        var champion = (await trainer.UntilAsync(status => status.ChampionVersion.Length > 0)).ChampionVersion;
        var bad = await CopyAsRejectedAsync(database, champion);
        monitor.Harmful = bad;
        var started = TimeProvider.System.GetTimestamp();

        await trainer.Api.PromoteAsync(new() { Version = bad, Reason = "I know better" }, TrainerProcess.As(SuiteRoles.Operator));
        await trainer.UntilAsync(status => status.ChampionVersion == champion);

        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 10);
        var taken = await trainer.Api.GetModelAsync(new() { Version = bad }, TrainerProcess.As(SuiteRoles.Viewer));
        Assert.Equal(ModelStates.Quarantined, taken.Model.State);
        Assert.Contains("wrongly throttled", taken.Model.RejectedBecause, StringComparison.Ordinal);
    }

    // Steps are over before a busy machine's next look otherwise. As many trees need only be trained: the process is killed before they are judged.
    private static string[] LongEnoughToBeSeen(string step) => step is "train" or "gates"
        ? ["--Trainer:Iterations=2000"]
        : ["--Loop:ShadowTime=00:00:03", "--Loop:CanaryTime=00:00:03", "--Loop:WatchTime=00:00:06"];

    private async Task<NpgsqlDataSource> RowsAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await ClawMetrics.FillAsync(database);
        return database;
    }

    // A model with other leaves, as a person might insist on after the gates said no.
    private static async Task<string> CopyAsRejectedAsync(NpgsqlDataSource database, string version)
    {
        var ensemble = ServingModel.Parse(await new ModelRegistryReader(database).GetTextAsync(version)).Ensemble;
        var text = Encoding.UTF8.GetBytes(ensemble.WithLeafValues([.. ensemble.Trees.SelectMany(tree => tree.LeafValues.ToArray()).Select(value => value / 2)]).ToLightGbmText());
        await using var command = database.CreateCommand(
            """
            INSERT INTO registry_models (version, created_at, kind, engine, reason, state, schema_hash, sha256, model_text, data_hash, row_count, parameters, metrics)
            SELECT 'bad', now(), kind, engine, reason, 'rejected', schema_hash, $2, $3, data_hash, row_count, parameters, metrics FROM registry_models WHERE version = $1
            """);
        command.Parameters.AddWithValue(version);
        command.Parameters.AddWithValue(Convert.ToHexStringLower(SHA256.HashData(text)));
        command.Parameters.AddWithValue(text);
        await command.ExecuteNonQueryAsync();
        return "bad";
    }

    private static async Task<TrainingProgress> LastStepAsync(TrainerProcess trainer, RetrainRequest request, Metadata caller)
    {
        using var call = trainer.Api.Retrain(request, caller);
        TrainingProgress? last = null;
        await foreach (var step in call.ResponseStream.ReadAllAsync())
        {
            last = step;
        }

        return last!;
    }

    private static async Task RefusedAsync(StatusCode expected, Func<Task> call) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
