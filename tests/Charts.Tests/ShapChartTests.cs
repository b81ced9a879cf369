namespace RateLimitSuite.Charts.Tests;

public sealed class ShapChartTests
{
    // 20 + 30 − 10 = 40.
    private static readonly WaterfallData Data = new(
        "Why", "Throttled by the bucket", 20, 40, [new("ip_reputation", "0.12", -10), new("request_volume", "31", 30)], "tokens/s");

    [Fact]
    public void Force_Steps_MeetAtThePredictionAndEndAtTheBalance()
    {
        var (pieces, axis, _) = ForceChart.Layout(Data, 600);

        Assert.Equal((10, 40), (pieces[0].From, pieces[0].To));   // what raises ends at the prediction: 40 − 30
        Assert.Equal((40, 50), (pieces[1].From, pieces[1].To));   // what lowers begins there: 40 + 10
        Assert.True(axis.From <= 10 && axis.To >= 50);
        Assert.Equal(Data.BaseValue, pieces[0].From + pieces[1].To - Data.Prediction);   // 10 + 50 − 40
    }

    [Fact]
    public void Force_Picture_ColoursByDirection()
    {
        var svg = Svg.Parse(ForceChart.Render(Data, ChartTheme.Light, 600));

        Assert.Equal(ChartTheme.Light.Positive, (string?)svg.WithTip("request_volume: +30 tokens/s").Attribute("fill"));
        Assert.Equal(ChartTheme.Light.Negative, (string?)svg.WithTip("ip_reputation: −10 tokens/s").Attribute("fill"));
        Assert.Contains("prediction 40 tokens/s", svg.Texts());
    }

    [Fact]
    public void Decision_Path_AddsFeaturesFromTheSmallestToTheLargest()
    {
        DecisionPath[] paths = [new("this", 10, [5, -1, 0.5]), new("other", 10, [-4, 2, 0])];

        var order = DecisionChart.Order(3, paths);

        Assert.Equal([2, 1, 0], order);                                                   // 0.5, 3, 9 in all
        Assert.Equal([10, 10.5, 9.5, 14.5], DecisionChart.Reached(paths[0], order));      // base, + 0.5, − 1, + 5
        var svg = Svg.Parse(DecisionChart.Render("Decisions", ["a", "b", "c"], paths, ChartTheme.Light, 500));
        Assert.True(svg.WithTip("this").Number("stroke-width") > svg.WithTip("other").Number("stroke-width"));
    }

    [Fact]
    public void Decision_WrongNumberOfValues_IsRefused() =>
        Assert.Throws<ArgumentException>(() => DecisionChart.Render("Decisions", ["a"], [new DecisionPath("this", 1, [1, 2])], ChartTheme.Light, 500));

    [Fact]
    public void Beeswarm_PointsAtOnePlace_StepAsideWithinTheirRow()
    {
        var offsets = Enumerable.Range(0, 100).Select(BeeswarmChart.Offset).ToList();

        Assert.Equal(0, offsets[0]);
        Assert.Equal(-offsets[2], offsets[1]);
        Assert.All(offsets, offset => Assert.InRange(offset, -20, 20));   // A row is 40 pixels high.
    }

    [Fact]
    public void Beeswarm_Points_AreColouredByTheFeaturesValue()
    {
        var row = new SwarmRow("risk", [.. Enumerable.Range(0, 100).Select(i => (i / 100.0, 5 - (i / 10.0)))]);

        var dots = Svg.Parse(BeeswarmChart.Render("Swarm", "tokens/s", [row], ChartTheme.Light, 500)).All("circle").ToList();

        Assert.Equal(100, dots.Count);
        Assert.Equal(ChartTheme.Light.Scale[0], (string?)dots[0].Attribute("fill"));
        Assert.Equal(ChartTheme.Light.Scale[4], (string?)dots[^1].Attribute("fill"));
        Assert.True(dots[0].Number("cx") > dots[^1].Number("cx"), "φ falls with the value, so the first point lies on the right.");
    }

    [Fact]
    public void Dependence_Points_LieByValueAndShap()
    {
        (double, double, double)[] points = [(0, -2, 0), (10, 2, 1), (double.NaN, 1, 1)];
        var data = new DependenceData("Dependence", "request_volume", "client_risk", "tokens/s", points);

        var svg = Svg.Parse(DependenceChart.Render(data, ChartTheme.Light, new ChartSize(400, 240)));

        var (plot, _, _, _, _) = DependenceChart.Layout([(0, -2, 0), (10, 2, 1)], new ChartSize(400, 240));
        var dots = svg.All("circle").ToList();
        Assert.Equal(2, dots.Count);   // What has no value has no place.
        Assert.Equal((plot.Left, plot.Bottom), (dots[0].Number("cx"), dots[0].Number("cy")));
        Assert.Equal((plot.Right, plot.Top), (dots[1].Number("cx"), dots[1].Number("cy")));
        Assert.Contains("client_risk: low", svg.Texts());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 2)]
    [InlineData(1, 4)]
    [InlineData(double.NaN, 2)]
    public void Scale_Value_HasItsStep(double value, int step) => Assert.Equal(step, new ColourScale(0, 1).Step(value));

    [Fact]
    public void Charts_NoData_AreEmptyPictures()
    {
        Assert.NotNull(Svg.Parse(BeeswarmChart.Render("None", "", [], ChartTheme.Css, 300)));
        Assert.NotNull(Svg.Parse(DecisionChart.Render("None", [], [], ChartTheme.Css, 300)));
        Assert.NotNull(Svg.Parse(DependenceChart.Render(new DependenceData("None", "a", "", "", []), ChartTheme.Css, new ChartSize(300, 200))));
    }
}
