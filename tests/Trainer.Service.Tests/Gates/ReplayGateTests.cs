using System.Text.Json;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates.Replay;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Gates;

public sealed class ReplayGateTests
{
    private const int Clients = 20;
    private const int Flooder = Clients - 1;
    private const double FloodersDemand = 300;
    private const double Demand = 8;
    private const double FairShare = 48;   // 200 tokens/s - 19 clients * 8, the water level

    [Fact]
    public void Check_TheChampionItself_PassesWithTheSameNumbers()
    {
        var fair = Train(_ => FairShare);

        var outcome = new ReplayGate().Check(GateCase.Of(fair, Rows(_ => FairShare), ServingModel.Parse(fair, "fair")), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        var numbers = JsonDocument.Parse(outcome.NumbersJson).RootElement;
        Assert.Equal(numbers.GetProperty("champion").GetRawText(), numbers.GetProperty("candidate").GetRawText());
        Assert.InRange(numbers.GetProperty("candidate").GetProperty("kept_share").GetDouble(), 0, 0.1);
    }

    [Fact]
    public void Check_ModelGivesTheFlooderAll_IsStoppedByFairness()
    {
        var biased = Train(client => client == Flooder ? FloodersDemand : 2);
        var champion = ServingModel.Parse(Train(_ => FairShare), "fair");

        var outcome = new ReplayGate().Check(GateCase.Of(biased, Rows(_ => FairShare), champion), CancellationToken.None);

        Assert.False(outcome.Passed, outcome.Message);
        Assert.EndsWith("fairness", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NoChampion_ReportsAgainstNoModelAndPasses()
    {
        var outcome = new ReplayGate().Check(GateCase.Of(Train(client => client == Flooder ? FloodersDemand : 2), Rows(_ => FairShare)), CancellationToken.None);

        Assert.True(outcome.Passed);
        Assert.Contains("no model", outcome.Message, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(outcome.NumbersJson).RootElement.GetProperty("no_model").GetProperty("requests").GetInt64() > 1_000);
    }

    [Fact]
    public void Of_SomebodyHeldBack_TakesDemandsUpToTheLabelsForCapacity()
    {
        var traffic = RecordedTraffic.Of(Rows(_ => FairShare), 0, TimeSpan.FromSeconds(1), windowsMost: 10, requestsMost: double.PositiveInfinity);

        Assert.Equal(10, traffic.Windows.Count);
        Assert.All(traffic.Windows, window => Assert.Equal(200, window.Capacity, 1e-3));   // 19 * 8 + 48
    }

    [Fact]
    public void Of_NobodyHeldBack_TakesTheLabelsForCapacity()
    {
        var traffic = RecordedTraffic.Of(Rows(_ => 400), 0, TimeSpan.FromSeconds(1), windowsMost: 10, requestsMost: double.PositiveInfinity);

        Assert.All(traffic.Windows, window => Assert.Equal(400.0 * Clients, window.Capacity, 1e-3));
    }

    [Fact]
    public void Of_MoreRequestsThanTheBudget_IsThinned()
    {
        var traffic = RecordedTraffic.Of(Rows(_ => FairShare), 0, TimeSpan.FromSeconds(1), windowsMost: 10, requestsMost: 452);

        Assert.Equal(0.1, traffic.Scale, 1e-9);   // of 10 s with 19 * 8 + 300 requests each
    }

    [Fact]
    public void Of_MoreClientsThanCanBeSplit_KeepsThoseWhoAskForMost()
    {
        var rows = new Traffic { Clients = 300, Alter = (i, row) => row.Decisions = i % 300 }.Columns(3_000);

        var traffic = RecordedTraffic.Of(rows, 0, TimeSpan.FromSeconds(1), windowsMost: 10, requestsMost: double.PositiveInfinity);

        Assert.Equal(200, traffic.Clients);
        Assert.All(traffic.Windows, window => Assert.Equal(100, window.Demands.Min()));
    }

    private static byte[] Train(Func<int, double> label)
    {
        var rows = Rows(label);
        return GateCase.Train(rows, TimeSplit.Of(rows, LoopProfile.Smoke, true).TrainEnd);
    }

    private static MetricsRows Rows(Func<int, double> label) => new Traffic
    {
        Clients = Clients,
        Alter = (i, row) =>
        {
            var client = i % Clients;
            row.Decisions = client == Flooder ? FloodersDemand : Demand;
            row.Features[FeatureSchema.RequestVolume] = row.Decisions;
            row.Label = label(client);
            (row.Low, row.High) = (row.Label, row.Label);
        },
    }.Columns(2_000);
}
