using RateLimitSuite.Dashboard.Widgets;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Dashboard.Tests.Widgets;

public sealed class LayoutReaderTests
{
    [SharedDataTheory("dashboard")]
    [InlineData("grid")]
    [InlineData("widgets")]
    public void Read_SharedDocument_IsTakenAsItIs(string name)
    {
        var json = File.ReadAllText(SharedData.PathOf($"dashboard/{name}.json"));

        var layout = LayoutReader.Read(json, out var faults);

        Assert.Empty(faults);
        Assert.Equal([WidgetType.LineChart, WidgetType.Heatmap, WidgetType.Table], layout!.Widgets.Select(w => w.Type));
        Assert.Equal(3, layout.Columns);
        Assert.Equal(5, layout.Widgets[2].Limit);
    }

    [Theory]
    [InlineData("{\"widgets\": [{\"type\": \"pie\", \"title\": \"x\"}]}", "widgets[0].type", "lineChart, heatmap, table")]
    [InlineData("{\"widgets\": [{\"type\": \"pie\", \"title\": \"x\", \"transform\": \"correlation\"}]}", "widgets[0].type", "is \"pie\"")]
    [InlineData("{\"widgets\": [{\"type\": \"table\", \"title\": \"x\"}, {\"type\": \"table\"}]}", "widgets[1].title", "is missing")]
    [InlineData("{\"widgets\": [{\"type\": \"table\", \"title\": \"x\", \"limit\": 0}]}", "widgets[0].limit", "from 1 to 64")]
    [InlineData("{\"widgets\": [{\"type\": \"table\", \"title\": \"x\", \"limit\": 2.5}]}", "widgets[0].limit", "2.5")]
    [InlineData("{\"widgets\": [{\"type\": \"table\", \"title\": \"x\", \"topic\": \"decisions\"}]}", "widgets[0].topic", "shap-values")]
    [InlineData("{\"widgets\": [{\"type\": \"heatmap\", \"title\": \"x\", \"transform\": \"aggregate\"}]}", "widgets[0].transform", "correlation")]
    [InlineData("{\"widgets\": [{\"type\": \"table\", \"title\": \"x\", \"colour\": 1}]}", "widgets[0].colour", "not known")]
    [InlineData("{\"widgets\": [7]}", "widgets[0]", "must be an object")]
    [InlineData("{\"widgets\": []}", "widgets", "1..24")]
    [InlineData("{\"columns\": 9, \"widgets\": [{\"type\": \"table\", \"title\": \"x\"}]}", "columns", "from 1 to 6")]
    [InlineData("{}", "widgets", "is missing")]
    [InlineData("[]", "$", "must be an object")]
    [InlineData("{\"widgets\": [", "line 1, column 14", "not JSON")]
    [InlineData("", "line 1, column 1", "not JSON")]
    public void Read_Fault_IsNamedByItsPath(string json, string path, string says)
    {
        var layout = LayoutReader.Read(json, out var faults);

        Assert.Null(layout);
        var fault = Assert.Single(faults);
        Assert.Equal(path, fault.Path);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abs_shap", false)]
    [InlineData("shap", true)]
    public void Read_SortBy_IsKept(string sortBy, bool bySign)
    {
        var layout = LayoutReader.Read($$"""{"widgets": [{"type": "table", "title": "x", "sortBy": "{{sortBy}}"}, {"type": "heatmap", "title": "y", "transform": "interactions"}]}""", out _);

        Assert.Equal(bySign, layout!.Widgets[0].BySign);
        Assert.Equal("interactions", layout.Widgets[1].Transform);
    }

    [Fact]
    public void Read_SeveralFaults_NamesAll()
    {
        LayoutReader.Read("{\"columns\": 0, \"widgets\": [{\"type\": 1, \"title\": \"\"}]}", out var faults);

        Assert.Equal(["columns", "widgets[0].type", "widgets[0].title"], faults.Select(f => f.Path));
    }

    [Fact]
    public void Read_HugeDocument_IsRefusedUnread() =>
        Assert.Null(LayoutReader.Read(new string(' ', LayoutReader.MostCharacters + 1), out _));

    [Fact]
    public void Unpack_Packed_IsTheSame()
    {
        const string Json = "{\"widgets\": [{\"type\": \"table\", \"title\": \"Größe ✓\"}]}";

        Assert.Equal(Json, SharedLayout.Unpack(SharedLayout.Pack(Json)));
    }

    [Theory]
    [InlineData("not base64 §")]
    [InlineData("AAAA")]
    public void Unpack_Damaged_IsNothing(string text) => Assert.True(string.IsNullOrEmpty(SharedLayout.Unpack(text)));
}
