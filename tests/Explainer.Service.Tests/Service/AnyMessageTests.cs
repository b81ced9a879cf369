using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests.Service;

/// <summary>What nobody should send is refused by name, and nothing else suffers.</summary>
public sealed class AnyMessageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Rounds = 100;

    [Fact]
    public async Task Calls_AnyFieldsAndAnyBytes_AreAnsweredOrRefused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var explainer = new ExplainerHost(database.ConnectionString, ExplainerHost.Nowhere);
        await explainer.UntilAsync(status => status.Problem.Length == 0 || status.Replica.Length > 0);
        var fuzz = new ServiceFuzz(explainer.Invoker, ExplainerApi.Descriptor, explainer.Headers);

        var refused = await fuzz.AnyFieldsAsync(Rounds, seed: 11);
        await fuzz.AnyBytesAsync();

        Assert.InRange(refused, 50, 9 * Rounds);
        Assert.Equal(1UL, (await explainer.SubmitAsync([ExplainerHost.Decided(1)])).Explained);   // and it goes on
    }

    [Fact]
    public async Task Submit_AnyDecisionsAmongSoundOnes_KeepsEverySoundOne()
    {
        const int Sound = 50;
        await using var database = await postgres.CreateDatabaseAsync();
        await using var explainer = new ExplainerHost(database.ConnectionString, ExplainerHost.Nowhere);
        await explainer.UntilAsync(status => status.Replica.Length > 0);
        var fuzz = new FieldFuzz(15);
        var decisions = Enumerable.Range(0, Sound).SelectMany(i => (IEnumerable<Decision>)[ExplainerHost.Decided(i, "sound"), Spoilt(fuzz, i), fuzz.Make<Decision>()]);

        await explainer.SubmitAsync([.. decisions]);

        await explainer.UntilAsync(status => status.Stored >= Sound);
        await using var command = database.CreateCommand("SELECT count(*) FROM explanations WHERE client_id = 'sound' AND request_id LIKE 'sound-%'");
        Assert.Equal((long)Sound, await command.ExecuteScalarAsync());
    }

    // Sound but for one field, so that no other fault hides it.
    private static Decision Spoilt(FieldFuzz fuzz, int number)
    {
        var (decision, other) = (ExplainerHost.Decided(number, "spoilt"), fuzz.Make<Decision>());
        var fields = Decision.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsRepeated).ToArray();
        var field = fields[number % fields.Length];
        field.Accessor.SetValue(decision, field.Accessor.GetValue(other));
        decision.Features[number % decision.Features.Count] = number % 5 == 0 ? double.NaN : decision.Features[0];
        return decision;
    }
}
