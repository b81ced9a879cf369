using System.Text.Json;

namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>Reads a layout from JSON and names every fault by its path.</summary>
public static class LayoutReader
{
    /// <summary>Longest document, in characters.</summary>
    public const int MostCharacters = 64 * 1024;

    private const int MostWidgets = 24;
    private const int MostColumns = 6;
    private const int MostRows = 64;
    private const int DefaultRows = 5;
    private const string OnlyTopic = "shap-values";

    private static readonly string[] LayoutKeys = ["layout", "columns", "widgets"];
    private static readonly string[] WidgetKeys = ["type", "title", "topic", "transform", "metric", "limit", "sortBy"];

    /// <summary>The layout, or null with at least one fault.</summary>
    public static WidgetLayout? Read(string json, out IReadOnlyList<LayoutFault> faults)
    {
        ArgumentNullException.ThrowIfNull(json);
        var found = new List<LayoutFault>();
        faults = found;
        if (json.Length > MostCharacters)
        {
            found.Add(new("$", $"has {json.Length} characters; it must have at most {MostCharacters}."));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            var layout = ReadLayout(new JsonNodeReader(document.RootElement, "$", found));
            return found.Count == 0 ? layout : null;
        }
        catch (JsonException fault)
        {
            found.Add(new($"line {fault.LineNumber + 1}, column {fault.BytePositionInLine + 1}", "is not JSON: " + FirstSentence(fault.Message)));
            return null;
        }
    }

    private static WidgetLayout ReadLayout(JsonNodeReader root)
    {
        root.OnlyKeys(LayoutKeys);
        root.OneOf("layout", "grid", "grid");
        var columns = root.Number("columns", 1, MostColumns, 3);
        var widgets = root.Items("widgets", 1, MostWidgets).Select(ReadWidget).ToList();
        return new WidgetLayout(columns, widgets);
    }

    private static Widget ReadWidget(JsonNodeReader node)
    {
        node.OnlyKeys(WidgetKeys);
        var faults = node.Faults;
        var type = node.OneOf("type", null, "lineChart", "heatmap", "table") switch
        {
            "heatmap" => WidgetType.Heatmap,
            "table" => WidgetType.Table,
            _ => WidgetType.LineChart,
        };
        var typeIsKnown = node.Faults == faults;
        var title = node.Text("title", 120);
        var topic = node.OneOf("topic", OnlyTopic, OnlyTopic);
        var transform = type switch
        {
            _ when !typeIsKnown => "",   // What goes with a type that is none cannot be told.
            WidgetType.LineChart => node.OneOf("transform", "aggregate", "aggregate"),
            WidgetType.Heatmap => node.OneOf("transform", "correlation", "correlation", "shap_correlation", "interactions"),
            _ => node.OneOf("transform", "", "aggregate"),
        };
        node.OneOf("metric", "shap_magnitude", "shap_magnitude");
        var sortBy = node.OneOf("sortBy", "abs_shap", "abs_shap", "shap");
        return new Widget(type, title, topic, transform, node.Number("limit", 1, MostRows, DefaultRows)) { BySign = sortBy == "shap" };
    }

    private static string FirstSentence(string message) => message.Split(" LineNumber", 2)[0].Split(" Path:", 2)[0];
}
