using RateLimitSuite.DriftMonitor.Retraining;

namespace RateLimitSuite.DriftMonitor.Tests.Retraining;

public class RetrainControlTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 7, 12, 0, 0, TimeSpan.Zero);
    private readonly RetrainControl _control = new(TimeSpan.FromHours(6), 4);

    [Fact]
    public void Decide_FirstTrip_Starts() => Assert.Equal(RetrainDecision.Start, _control.Decide("a", Now, []));

    [Fact]
    public void Decide_SameKeyAgain_IsKnown() => Assert.Equal(RetrainDecision.Known, _control.Decide("a", Now, [Started("a", 48, Trip.Done)]));

    [Fact]
    public void Decide_OneUnderWay_IsBusy() => Assert.Equal(RetrainDecision.Busy, _control.Decide("b", Now, [Started("a", 48, Trip.Running)]));

    [Theory]
    [InlineData(5.9, RetrainDecision.CoolingDown)]
    [InlineData(6.1, RetrainDecision.Start)]
    public void Decide_SoonAfterAStart_CoolsDown(double hoursAgo, object expected) =>
        Assert.Equal(expected, _control.Decide("b", Now, [Started("a", hoursAgo, Trip.Done)]));

    [Theory]
    [InlineData(1, 11.9, RetrainDecision.CoolingDown)]
    [InlineData(1, 12.1, RetrainDecision.Start)]
    [InlineData(3, 47.9, RetrainDecision.CoolingDown)]
    [InlineData(3, 48.1, RetrainDecision.Start)]
    [InlineData(5, 48.1, RetrainDecision.Start)]
    public void Decide_AfterRejections_WaitsTwiceAsLongForEachUpToEightfold(int rejected, double hoursAgo, object expected)
    {
        var trips = Enumerable.Range(0, rejected).Select(i => Started($"r{i}", hoursAgo + (rejected - 1 - i), Trip.Rejected)).ToList();

        Assert.Equal(expected, _control.Decide("b", Now, trips));
    }

    [Fact]
    public void Decide_FourWithinADay_IsFull() => Assert.Equal(
        RetrainDecision.DayFull,
        new RetrainControl(TimeSpan.FromMinutes(1), 4).Decide("b", Now, [.. Enumerable.Range(1, 4).Reverse().Select(i => Started($"d{i}", i, Trip.Done))]));

    private static Trip Started(string key, double hoursAgo, string state) =>
        new(key, Now - TimeSpan.FromHours(hoursAgo), "", state, Now - TimeSpan.FromHours(hoursAgo), "");
}
