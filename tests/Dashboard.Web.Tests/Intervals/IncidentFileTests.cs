using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Intervals;

namespace RateLimitSuite.Dashboard.Tests.Intervals;

public sealed class IncidentFileTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Write_HostileNames_AreText()
    {
        var evidence = new Evidence(Noon, Noon.AddHours(1)) { Alerts = [new Alert { Name = "<script>alert(1)</script>", Severity = "critical" }], Problems = ["The explainer's part is missing: <b>it</b>"] };

        var file = IncidentFile.Write(evidence, "<img src=x>", "operator-1", Noon);

        Assert.DoesNotContain("<script", file, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", file, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;it&lt;/b&gt;", file, StringComparison.Ordinal);
        Assert.Contains("2026-03-01T12:00:00Z to 2026-03-01T13:00:00Z", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0.0, "from is missing")]
    [InlineData(0.0, null, "to is missing")]
    [InlineData(1.0, 1.0, "not before to")]
    [InlineData(0.0, 200.0, "at most 7")]
    [InlineData(0.0, 1.0, null)]
    public void Check_Interval_IsToldWhatIsWrong(double? fromHours, double? toHours, string? says)
    {
        var fault = IntervalBounds.Check(fromHours is { } from ? Noon.AddHours(from) : null, toHours is { } to ? Noon.AddHours(to) : null);

        Assert.Equal(says is null, fault is null);
        Assert.Contains(says ?? "", fault ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00Z", 0.0)]
    [InlineData("2026-03-01T13:00:00+01:00", 0.0)]
    [InlineData("1772366400", 0.0)]
    [InlineData("1772366460.5", 60.5)]
    [InlineData("yesterday", null)]
    [InlineData("-1", null)]
    [InlineData("1e300", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Parse_Time_IsTakenInBothForms(string? text, double? secondsAfterNoon) =>
        Assert.Equal(secondsAfterNoon is { } seconds ? Noon.AddSeconds(seconds) : null, IntervalBounds.Parse(text));

    [Fact]
    public void Around_LongWindows_StaysWithinTheLongestInterval()
    {
        var (from, to) = IntervalBounds.Around(Noon, TimeSpan.FromHours(1));

        Assert.Equal((Noon.AddHours(-10), Noon.AddHours(3)), (from, to));
        Assert.Null(IntervalBounds.Check(from, to));
    }
}
