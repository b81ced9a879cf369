namespace RateLimitSuite.Charts.Tests;

public sealed class HeatmapAndBarTests
{
    private static readonly HeatmapData Matrix = new("Correlation", ["a", "b"], ["a", "b"], [1, -0.5, -0.5, double.NaN]) { Full = 1 };

    [Fact]
    public void Heatmap_Values_ColourBySignAndSize()
    {
        var svg = Svg.Parse(HeatmapChart.Render(Matrix, ChartTheme.Light, 300));

        var full = svg.WithTip("a, a: +1");
        var half = svg.WithTip("a, b: −0.5");
        Assert.Equal((ChartTheme.Light.Positive, 0.75), ((string?)full.Attribute("fill"), full.Number("fill-opacity")));
        Assert.Equal((ChartTheme.Light.Negative, 0.38), ((string?)half.Attribute("fill"), half.Number("fill-opacity")));   // 0.5 × 0.75 = 0.375
        Assert.Equal(3, svg.All("rect").Count() - 1);   // no cell where there is no number; one rectangle is the background
        Assert.Contains("strongest: a with b, −0.5", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Heatmap_WrongNumberOfValues_IsRefused() =>
        Assert.Throws<ArgumentException>(() => HeatmapChart.Render(Matrix with { Values = [1] }, ChartTheme.Light, 300));

    [Fact]
    public void Bars_BothSigns_GrowFromZero()
    {
        Bar[] bars = [new("up", 30), new("down", -10)];
        var svg = Svg.Parse(BarChart.Render("Parts", "tokens/s", bars, ChartTheme.Light, 400));

        // −10..30 over the pixels between the names and the values: zero at a quarter.
        var x = BarChart.Scale(bars, 400);
        var zero = x.Start + ((x.End - x.Start) / 4);
        var up = svg.WithTip("up: 30 tokens/s");
        var down = svg.WithTip("down: -10 tokens/s");
        Assert.Equal(zero, up.Number("x"), 2);
        Assert.Equal((x.End - x.Start) * 3 / 4, up.Number("width"), 2);
        Assert.Equal(zero, down.Number("x") + down.Number("width"), 1);
    }

    [Fact]
    public void Bars_None_IsAnEmptyPicture() => Assert.Empty(Svg.Parse(BarChart.Render("None", "", [], ChartTheme.Css, 300)).All("rect"));
}
