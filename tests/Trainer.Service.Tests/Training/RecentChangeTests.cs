using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Tests.Gates;
using RateLimitSuite.Trainer.Training;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Tests.Training;

/// <summary>150 s of 20 clients, a row each a second; the champion knows the rates before a change.</summary>
public sealed class RecentChangeTests
{
    private const int Rows = 3_000;
    private const int RowsPerSecond = 20;
    private static readonly Lazy<TreeEnsemble> Champion = new(() => ServingModel.Parse(GateCase.Train(new Traffic().Columns(Rows), Rows)).Ensemble);

    [Fact]
    public void Find_RatesFellHalfAMinuteAgo_BeginsThere()
    {
        var change = Find(changed: 119);

        Assert.Equal(119 * RowsPerSecond, change.From);   // three detector windows of 10 s before the last row
        Assert.True(change.IsLater);
        Assert.Equal(new TimeSplit(141 * RowsPerSecond, 145 * RowsPerSecond), change.Split);   // 0.4 windows held out after a gap of four row windows
    }

    [Fact]
    public void Find_NothingChanged_TakesTheLongestPast()
    {
        var change = Find(changed: int.MaxValue);

        Assert.Equal(29 * RowsPerSecond, change.From);   // twelve detector windows before the last row
        Assert.False(change.IsLater);
        Assert.False(change.IsTooRecent);
    }

    [Fact]
    public void Find_RatesFellJustNow_IsTooRecentToTell() => Assert.True(Find(changed: 139).IsTooRecent);

    [Fact]
    public void Find_HardlyAnyRows_IsNull()
    {
        var rows = new Traffic().Columns(100);

        Assert.Null(RecentChange.Find(Champion.Value, rows, 0.05, LoopProfile.Smoke, CancellationToken.None));
    }

    [Fact]
    public void Since_ChangeWithinTheUsualHoldout_LeavesRowsAfterItForTraining()
    {
        var rows = new Traffic().Columns(Rows);

        var split = TimeSplit.Since(rows, change: 2_600, LoopProfile.Smoke);   // the usual hold-out begins at 2,380

        Assert.InRange(split.TrainEnd, 2_601, split.HoldoutStart);
        Assert.InRange(split.HoldoutStart, 2_900, Rows - 1);   // a fifth of the 400 rows since
    }

    [Fact]
    public void Since_ChangeTooCloseToTrainOn_SplitsAsUsual()
    {
        var rows = new Traffic().Columns(Rows);

        Assert.Equal(TimeSplit.Of(rows, LoopProfile.Smoke, first: false), TimeSplit.Since(rows, change: 2_960, LoopProfile.Smoke));
    }

    [Fact]
    public void Of_RowsBeforeAChange_HaveAQuarterOfTheSayTogether()
    {
        var rows = new Traffic { Clients = 4 }.Columns(1_000);

        var weights = SampleWeights.Of(rows, 1_000, change: 900).Weights;

        Assert.Equal(0.25, weights[..900].Sum() / weights.Sum(), 9);
        Assert.Equal(SampleWeights.Of(rows, 1_000).Weights[900..], weights[900..]);
    }

    [Fact]
    public void Of_FewRowsBeforeAChange_KeepTheirWeight() =>
        Assert.Equal(SampleWeights.Of(Four(), 1_000).Weights, SampleWeights.Of(Four(), 1_000, change: 100).Weights);   // a tenth is less than a quarter

    private static MetricsRows Four() => new Traffic { Clients = 4 }.Columns(1_000);

    private static RecentChange Find(int changed)
    {
        var rows = new Traffic { Seed = 8, Factor = row => row / RowsPerSecond >= changed ? 0.4 : 1 }.Columns(Rows);
        return RecentChange.Find(Champion.Value, rows, 0.05, LoopProfile.Smoke, CancellationToken.None)!;
    }
}
