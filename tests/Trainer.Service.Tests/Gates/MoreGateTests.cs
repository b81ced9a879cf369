using System.Text;
using System.Text.Json;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Gates;

public sealed class MoreGateTests
{
    public static TheoryData<string> Names => [.. All.Select(gate => gate.Name)];

    private static IReadOnlyList<IOfflineGate> All =>
    [
        new LoadsGate(), new EnvelopeGate(), new HoldoutGate(), new RecentGate(), new SlicesGate(), new MonotoneGate(), new AdditivityGate(),
        new ImportanceGate(), new CostGate(), new ReproducibleGate(),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_GoodModelBesideItself_Passes(string name)
    {
        var outcome = Gate(name).Check(GateCase.Of(champion: ServingModel.Parse(GateCase.GoodText, "good")), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        Assert.NotEmpty(JsonDocument.Parse(outcome.NumbersJson).RootElement.EnumerateObject());
    }

    [Fact]
    public void Recent_DriftWithoutImprovement_Fails()
    {
        var drifted = GateCase.Wrong(2);

        Assert.False(Gate("recent").Check(GateCase.Of(Text(drifted), champion: drifted, reason: "drift"), CancellationToken.None).Passed);
    }

    [Fact]
    public void Recent_DriftWithImprovement_Passes()
    {
        var outcome = Gate("recent").Check(GateCase.Of(champion: GateCase.Wrong(2), reason: "drift"), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
    }

    [Fact]
    public void Slices_OnePolicyPaysForTheAverage_Fails()
    {
        // The rates of one policy in five have doubled; the champion knew that, the candidate does not.
        var rows = new Traffic { Alter = (i, row) => (row.Policy, row.Label, row.Low, row.High) = i % 5 == 0 ? ("gold", 2 * row.Label, 2 * row.Low, 2 * row.High) : (row.Policy, row.Label, row.Low, row.High) }.Columns(8_000);

        var outcome = Gate("slices").Check(GateCase.Of(rows: rows, champion: GateCase.Wrong(2)), CancellationToken.None);

        Assert.False(outcome.Passed);
        Assert.Contains("policy gold", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("policy default", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Monotone_MirroredModel_Fails()
    {
        var good = ServingModel.Parse(GateCase.GoodText).Ensemble;
        var mirrored = good.WithLeafValues(good.Trees.SelectMany((tree, i) => tree.LeafValues.ToArray().Select(value => i == 0 ? 100 - value : -value)).ToArray());

        Assert.False(Gate("monotone").Check(GateCase.Of(Encoding.UTF8.GetBytes(mirrored.ToLightGbmText())), CancellationToken.None).Passed);
    }

    [Fact]
    public void Importance_OtherFeaturesWithEnforcement_Fails()
    {
        // A champion for which only latency mattered.
        var rows = new Traffic { Alter = (_, row) => row.Label = row.Low = row.High = 50 / (1 + 20 * row.Features[FeatureSchema.AverageLatency]) }.Columns(3_000);
        var champion = ServingModel.Parse(GateCase.Train(rows, rows.Count), "latency");
        var context = GateCase.Of(champion: champion, enforceImportance: true);

        var outcome = Gate("importance").Check(context, CancellationToken.None);

        Assert.False(outcome.Passed);
        Assert.Contains("request_volume", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reproducible_TextOfAnotherSeed_Fails()
    {
        var other = new Traffic { Seed = 99 }.Columns(4_000);

        Assert.False(Gate("reproducible").Check(GateCase.Of(GateCase.Train(other, 3_000)), CancellationToken.None).Passed);
    }

    [Fact]
    public void Enforce_RefitOfManyRows_KeepsEverySweepMonotone()
    {
        var champion = ServingModel.Parse(GateCase.GoodText).Ensemble;
        // Fresh labels that want the contrary: more rate for more risk.
        var rows = new Traffic { Alter = (_, row) => row.Label = row.Low = row.High = 5 + 20 * row.Features[FeatureSchema.ClientRisk] }.Columns(4_000);
        var refit = LeafRefit.Fit(champion, rows, 0, SampleWeights.Of(rows, 3_000).Weights, 0.05, CancellationToken.None);

        var outcome = Gate("monotone").Check(GateCase.Of(Encoding.UTF8.GetBytes(refit.ToLightGbmText())), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
    }

    private static IOfflineGate Gate(string name) => All.Single(gate => gate.Name == name);

    private static byte[] Text(ServingModel model) => Encoding.UTF8.GetBytes(model.Ensemble.ToLightGbmText());
}
