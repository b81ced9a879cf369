using System.Text;
using System.Text.Json;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Gates;

public sealed class OfflineGateTests
{
    [Fact]
    public void Loads_TrainedModel_AgreesWithLightGbmLeafByLeaf()
    {
        var outcome = new LoadsGate().Check(GateCase.Of(), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        Assert.InRange(Number(outcome, "worst_score_difference"), 0, 1e-12);
    }

    [Theory]
    [InlineData("leaf_value=", "leaf_value=x")]
    [InlineData("num_leaves=", "num_leaves=1000000")]
    [InlineData("version=v4", "version=v9")]
    public void Loads_DamagedText_Fails(string what, string with)
    {
        var text = Encoding.UTF8.GetString(GateCase.GoodText).Replace(what, with, StringComparison.Ordinal);

        Assert.False(new LoadsGate().Check(GateCase.Of(Encoding.UTF8.GetBytes(text)), CancellationToken.None).Passed);
    }

    [Fact]
    public void Loads_ModelOfAnotherSchema_Fails()
    {
        var text = Encoding.UTF8.GetString(GateCase.GoodText).Replace("client_risk", "client_mood", StringComparison.Ordinal);

        var outcome = new LoadsGate().Check(GateCase.Of(Encoding.UTF8.GetBytes(text)), CancellationToken.None);

        Assert.False(outcome.Passed);
        Assert.Contains("client_mood", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Envelope_OrdinaryModel_PassesWithAllFourEdgeCases()
    {
        var outcome = new EnvelopeGate().Check(GateCase.Of(), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        string[] cases = ["0,0.1,0,0,0,1", "0,0.1,0,0,1000000,0", "5000,2.5,0.9,23,0,1", "5000,2.5,0.9,23,1000000,0"];
        Assert.All(cases, name => Assert.InRange(Number(outcome, name), double.Epsilon, 1_000));
    }

    [Fact]
    public void Envelope_PredictionUnderZero_Fails()
    {
        var ensemble = ServingModel.Parse(GateCase.GoodText).Ensemble;
        var shifted = ensemble.WithLeafValues(ensemble.Trees.SelectMany(tree => tree.LeafValues.ToArray().Select(value => value - 10)).ToArray());

        Assert.False(new EnvelopeGate().Check(GateCase.Of(Encoding.UTF8.GetBytes(shifted.ToLightGbmText())), CancellationToken.None).Passed);
    }

    [Fact]
    public void Holdout_BetterThanNoModel_Passes()
    {
        var outcome = new HoldoutGate().Check(GateCase.Of(), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        Assert.True(Number(outcome, "mae") < Number(outcome, "no_model_mae"));
    }

    [Fact]
    public void Holdout_WorseThanTheChampion_Fails()
    {
        var worse = GateCase.Of(text: Encoding.UTF8.GetBytes(GateCase.Wrong(2).Ensemble.ToLightGbmText()), champion: ServingModel.Parse(GateCase.GoodText, "good"));

        var outcome = new HoldoutGate().Check(worse, CancellationToken.None);

        Assert.False(outcome.Passed);
        Assert.True(Number(outcome, "mae") > 1.05 * Number(outcome, "champion_mae"));
    }

    [Fact]
    public void Holdout_BetterThanABadChampion_Passes() =>
        Assert.True(new HoldoutGate().Check(GateCase.Of(champion: GateCase.Wrong(2)), CancellationToken.None).Passed);

    [Fact]
    public void Check_LoadsFails_AsksNoOtherGate()
    {
        var gates = new OfflineGates([new LoadsGate(), new EnvelopeGate(), new HoldoutGate()]);

        var outcomes = gates.Check(GateCase.Of("no model"u8.ToArray()), new NoProgress(), CancellationToken.None);

        Assert.Equal("loads", Assert.Single(outcomes).Gate);
    }

    [Fact]
    public void Data_EnoughGoodRows_Passes() => Assert.True(Data(new Traffic().Columns(2_000)).Passed);

    [Fact]
    public void Data_CorruptedDataset_FailsNamingTheFirstFault()
    {
        var corrupted = new Traffic { Alter = (i, row) => row.Features[FeatureSchema.ClientRisk] = i % 50 == 0 ? -3 : 0.5 }.Columns(2_000);

        var outcome = Data(corrupted);

        Assert.False(outcome.Passed);
        Assert.Contains("client_risk is -3", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_TwoPercentMissing_Fails() =>
        Assert.False(Data(new Traffic { Alter = (i, row) => row.Features[1] = i % 50 == 0 ? double.NaN : 0.1 }.Columns(2_000)).Passed);

    [Fact]
    public void Data_FewLabels_Fails() => Assert.False(Data(new Traffic { Alter = (i, row) => row.Label = i % 5 == 0 ? null : row.Label }.Columns(3_000)).Passed);

    [Fact]
    public void Data_WrongSchema_FailsNamingBothHashes()
    {
        var outcome = Data(new Traffic { SchemaHash = "0123456789abcdef" }.Columns(2_000));

        Assert.False(outcome.Passed);
        Assert.Contains("0123456789abcdef", outcome.Message, StringComparison.Ordinal);
        Assert.Contains(FeatureSchema.V1.Hash, outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_FloodingClient_PassesAndIsCapped()
    {
        var outcome = Data(new Traffic { Clients = 100, Alter = (i, row) => row.Client = i % 2 == 0 ? "flood" : row.Client }.Columns(3_000));

        Assert.True(outcome.Passed, outcome.Message);
        Assert.Equal(1, Number(outcome, "clients_capped"));
    }

    private static GateOutcome Data(MetricsRows rows)
    {
        var split = TimeSplit.Of(rows, LoopProfile.Smoke, true);
        return DataGate.Check(rows, split, SampleWeights.Of(rows, split.TrainEnd), LoopProfile.Smoke, first: true);
    }

    private static double Number(GateOutcome outcome, string name) => JsonDocument.Parse(outcome.NumbersJson).RootElement.GetProperty(name).GetDouble();
}
