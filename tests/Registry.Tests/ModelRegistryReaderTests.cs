using System.Text;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Registry.Tests;

public sealed class ModelRegistryReaderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task GetServedAsync_NoTables_IsEmpty()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        Assert.Equal(RegistrySnapshot.Empty, await new ModelRegistryReader(database).GetServedAsync());
    }

    [Fact]
    public async Task GetServedAsync_ChampionAndCanary_NamesBothWithShareAndSalt()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RegistryTables.CreateAsync(database);
        await RegistryTables.InsertModelAsync(database, "a", ModelStates.Champion, "tree a");
        await RegistryTables.InsertModelAsync(database, "b", ModelStates.Canary, "tree b");
        await RegistryTables.ExecuteAsync(
            database, "UPDATE registry_serving SET champion = 'a', challenger = 'b', challenger_stage = 'canary', challenger_share = 0.25, salt = 'pepper'");

        var snapshot = await new ModelRegistryReader(database).GetServedAsync();

        Assert.Equal("a", snapshot.Champion?.Version);
        Assert.Equal("b", snapshot.Challenger?.Version);
        Assert.Equal((ChallengerStage.Canary, 0.25, "pepper"), (snapshot.ChallengerStage, snapshot.ChallengerShare, snapshot.Salt));
        Assert.Null(snapshot.Previous);
    }

    [Fact]
    public async Task GetTextAsync_AsRegistered_GivesTheBytes()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RegistryTables.CreateAsync(database);
        await RegistryTables.InsertModelAsync(database, "a", ModelStates.Candidate, "tree a");

        Assert.Equal("tree a", Encoding.UTF8.GetString(await new ModelRegistryReader(database).GetTextAsync("a")));
    }

    [Fact]
    public async Task GetTextAsync_TamperedInTheDatabase_IsRefused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RegistryTables.CreateAsync(database);
        await RegistryTables.InsertModelAsync(database, "a", ModelStates.Candidate, "tree a");
        await RegistryTables.ExecuteAsync(
            database, "ALTER TABLE registry_models DISABLE TRIGGER fixed; UPDATE registry_models SET model_text = 'tree x'");

        var refusal = await Assert.ThrowsAsync<ModelIntegrityException>(() => new ModelRegistryReader(database).GetTextAsync("a"));

        Assert.Equal("a", refusal.Version);
    }

    [Fact]
    public async Task GetTextAsync_UnknownVersion_Throws()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RegistryTables.CreateAsync(database);

        await Assert.ThrowsAsync<KeyNotFoundException>(() => new ModelRegistryReader(database).GetTextAsync("missing"));
    }

    [Fact]
    public async Task ListAsync_State_GivesOnlyThose()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await RegistryTables.CreateAsync(database);
        await RegistryTables.InsertModelAsync(database, "a", ModelStates.Rejected, "a");
        await RegistryTables.InsertModelAsync(database, "b", ModelStates.Candidate, "b");

        var rejected = await new ModelRegistryReader(database).ListAsync(10, ModelStates.Rejected);

        Assert.Equal("a", Assert.Single(rejected).Version);
    }
}
