using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class HindsightThrottlesTests
{
    [Fact]
    public void Judge_RoomForAll_EveryDenialIsWrong() =>
        Assert.Equal([true, true], Judge(10, [new(5, 3, 1)], [new(0, 1), new(0, 1)]));

    [Fact]
    public void Judge_SlackForOne_OnlyTheFirstInTimeIsWrong() =>
        // 3.33 each: the second and third client have room, but the first took so much that one token is left of 10.
        Assert.Equal([true, false], Judge(10, [new(9, 5, 1), new(9, 2, 1), new(9, 2, 1)], [new(1, 1), new(2, 1)]));

    [Fact]
    public void Judge_BeyondTheFairShare_IsRight()
    {
        // 10 tokens over two clients who want 9 each: 5 each. The first had its 5, the second got 2.
        Assert.Equal([false, true, true, true, false], Judge(10, [new(9, 5, 1), new(9, 2, 1)],
            [new(0, 1), new(1, 1), new(1, 1), new(1, 1), new(1, 1)]));
    }

    [Fact]
    public void Judge_ADearRequestThatDoesNotFit_LeavesRoomForACheaperOne() =>
        Assert.Equal([false, true], Judge(5, [new(9, 3, 1)], [new(0, 3), new(0, 2)]));

    [Fact]
    public void Judge_NothingDenied_IsNothing() => Assert.Empty(Judge(5, [new(1, 1, 1)], []));

    [Fact]
    public void OverAdmitted_WithinCapacity_IsNone() => Assert.Equal([0, 0], Over(10, [new(5, 5, 1), new(4, 4, 1)]));

    [Fact]
    public void OverAdmitted_BeyondCapacity_IsChargedToThoseOverTheirShare() =>
        Assert.Equal([0, 2], Over(8, [new(2, 2, 1), new(8, 8, 1)]));   // 10 admitted, 8 possible; shares 2 and 6

    private static bool[] Judge(double sure, ClientLoad[] clients, Denial[] denials)
    {
        var wrong = new bool[denials.Length];
        HindsightThrottles.Judge(sure, clients, denials, wrong);
        return wrong;
    }

    private static double[] Over(double greatest, ClientLoad[] clients)
    {
        var over = new double[clients.Length];
        HindsightThrottles.OverAdmitted(greatest, clients, over);
        return over;
    }
}
