using System.Globalization;

namespace RateLimitSuite.Charts.Tests;

public sealed class LineChartTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ChartSize Size = new(400, 180);

    [Fact]
    public void Render_Points_LieWhereTheScalesSay()
    {
        var svg = Svg.Parse(LineChart.Render(Data(0, 50, 100), ChartTheme.Light, Size));
        var layout = LineChart.Layout(Data(0, 50, 100), Size);

        // The value axis is 0..100 from pixel 160 (180 − 20) up to 18; time runs from the left edge to 392 (400 − 8).
        Assert.Equal((160, 18, 392), (layout.Plot.Bottom, layout.Plot.Top, layout.Plot.Right));
        var middle = (layout.Plot.Left + 392) / 2;
        var line = Assert.Single(svg.All("path"));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"M{layout.Plot.Left:0.##} 160L{middle:0.##} 89L392 18"), (string?)line.Attribute("d"));
    }

    [Fact]
    public void Render_Gap_IsLeftOpen()
    {
        var svg = Svg.Parse(LineChart.Render(Data(1, 2, double.NaN, 3, 4), ChartTheme.Light, Size));

        Assert.Equal(2, svg.All("path").Count());
    }

    [Fact]
    public void Render_Limit_IsWithinTheAxis()
    {
        var data = Data(1, 2) with { Limits = [new LimitLine(9, "limit")] };

        var layout = LineChart.Layout(data, Size);

        Assert.Equal(10, layout.Axis.To);   // 9 / 4 = 2.25, steps of 5
        Assert.Contains("limit", Svg.Parse(LineChart.Render(data, ChartTheme.Light, Size)).Texts());
    }

    [Fact]
    public void Render_Spikes_AreMarkedWhereTheyLie()
    {
        var data = Data(0, 100) with { Spikes = [new LinePoint(Start.AddSeconds(10), 100)] };

        var spike = Svg.Parse(LineChart.Render(data, ChartTheme.Light, Size)).WithTip("spike 100 at 12:00:10");

        Assert.Equal((392, 18), (spike.Number("cx"), spike.Number("cy")));
    }

    [Fact]
    public void Layout_Interval_MeasuresTheValuesWithinIt()
    {
        var data = Data(5, 400, 6) with { From = Start.AddSeconds(15) };

        Assert.Equal(6, LineChart.Layout(data, Size).Axis.To);   // The 400 came before; 6 / 4 = 1.5, steps of 2.
    }

    [Fact]
    public void Render_ManySeries_NamesAllInAsManyRowsAsNeeded()
    {
        var names = Enumerable.Range(0, 6).Select(i => $"long_feature_{i}").ToList();
        var data = new LineChartData("Test", [.. names.Select(n => new LineSeries(n, [new LinePoint(Start, 1), new LinePoint(Start.AddSeconds(10), 2)]))]);

        var svg = Svg.Parse(LineChart.Render(data, ChartTheme.Light, Size));

        Assert.Equal(names.Select(n => n + " 2"), svg.Texts().Where(t => t.StartsWith("long_", StringComparison.Ordinal)));
        Assert.Equal(54, LineChart.Layout(data, Size).Plot.Top);   // two a row: 3 rows of 18
    }

    [Fact]
    public void Render_NoPoints_IsAPictureStill() =>
        Assert.Contains("decisions: no values", LineChart.Render(new LineChartData("Empty", [new LineSeries("decisions", [])]), ChartTheme.Css, Size), StringComparison.Ordinal);

    [Fact]
    public void Render_Description_SaysTheNewestValue()
    {
        var svg = LineChart.Render(Data(1, 2, 42) with { Unit = "/s" }, ChartTheme.Dark, Size);

        Assert.Contains("<title>Test</title><desc>values: 3 points, newest 42 /s</desc>", svg, StringComparison.Ordinal);
    }

    private static LineChartData Data(params double[] values) =>
        new("Test", [new LineSeries("values", [.. values.Select((v, i) => new LinePoint(Start.AddSeconds(10 * i), v))])]);
}
