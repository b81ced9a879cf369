namespace RateLimitSuite.Charts.Tests;

public sealed class WaterfallChartTests
{
    // 20 + 30 − 10 = 40. Least 20, greatest 50: the axis is 20..50.
    private static readonly WaterfallData Data = new(
        "Why", "Throttled by the bucket", 20, 40, [new("ip_reputation", "0.12", -10), new("request_volume", "31", 30)], "tokens/s");

    [Fact]
    public void Render_Steps_LeadFromTheBaseValueToThePrediction()
    {
        var svg = Svg.Parse(WaterfallChart.Render(Data, ChartTheme.Light, 600));
        var (plot, axis, x) = WaterfallChart.Layout(Data, WaterfallChart.Order(Data), new ChartSize(600, WaterfallChart.HeightOf(Data)));

        // Names take at most 190 of 600; values 58 on the right: 352 pixels, and 352 / 70 is 5 ticks, so steps of 10.
        Assert.Equal((190, 542), (plot.Left, plot.Right));
        Assert.Equal([20, 30, 40, 50], axis.Ticks);
        Assert.Equal(190 + (352 / 3.0), x.Map(30), 9);
        var up = svg.WithTip("request_volume: +30 tokens/s");
        var down = svg.WithTip("ip_reputation: −10 tokens/s");
        Assert.Equal(190, up.Number("x"), 2);                            // from 20
        Assert.Equal(352, up.Number("width"), 2);                        // to 50
        Assert.Equal(190 + (352 * 2 / 3.0), down.Number("x"), 2);        // from 50 back to 40
        Assert.Equal(352 / 3.0, down.Number("width"), 2);
        Assert.Equal(ChartTheme.Light.Positive, (string?)up.Attribute("fill"));
        Assert.Equal(ChartTheme.Light.Negative, (string?)down.Attribute("fill"));
        Assert.True(up.Number("y") < down.Number("y"), "The largest step comes first.");
    }

    [Fact]
    public void Render_FeaturesDidNotDecide_DrawsThemPale()
    {
        var svg = Svg.Parse(WaterfallChart.Render(Data with { FeaturesDecided = false, Headline = "Throttled by the parent" }, ChartTheme.Light, 600));

        Assert.Equal(0.35, svg.WithTip("request_volume: +30 tokens/s").Number("fill-opacity"));
        Assert.Contains("Throttled by the parent", svg.Texts());
    }

    [Fact]
    public void Order_MoreStepsThanRoom_AddsUpTheSmallest()
    {
        var data = Data with { MostSteps = 3, Steps = [new("a", "", 1), new("b", "", -8), new("c", "", 5), new("d", "", -2), new("e", "", 0.5)] };

        var steps = WaterfallChart.Order(data);

        Assert.Equal(["b", "c", "3 others"], steps.Select(s => s.Name));
        Assert.Equal(-0.5, steps[^1].Amount);   // 1 − 2 + 0.5
        Assert.Equal(data.Steps.Sum(s => s.Amount), steps.Sum(s => s.Amount), 12);
    }

    [Fact]
    public void Render_HostileText_IsEscaped()
    {
        var text = WaterfallChart.Render(Data with { Headline = "</text><script>alert(1)</script>\u0001" }, ChartTheme.Css, 600);

        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.NotNull(Svg.Parse(text));
    }
}
