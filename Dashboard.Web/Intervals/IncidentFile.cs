using System.Text;
using System.Text.Encodings.Web;
using RateLimitSuite.Charts;
using RateLimitSuite.Dashboard.Components;

namespace RateLimitSuite.Dashboard.Intervals;

/// <summary>An interval as one HTML file for a ticket: no script, nothing loaded from elsewhere, readable in years.</summary>
internal static class IncidentFile
{
    private const int Width = 860;
    private const int Height = 200;
    private const int MostRequests = 200;

    private const string Style =
        """
        body{font:15px/1.45 system-ui,"DejaVu Sans",sans-serif;color:#1b1f24;max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem} h2{font-size:1.05rem;margin:1.6rem 0 .4rem} table{border-collapse:collapse;width:100%;font-size:.88rem}
        th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #d8dee4;vertical-align:top;overflow-wrap:anywhere}
        .number{text-align:right;font-variant-numeric:tabular-nums} .problem{color:#b3261e} .note{color:#57606a} svg{max-width:100%;height:auto}
        """;

    public static string Write(Evidence evidence, string title, string person, DateTimeOffset now)
    {
        var html = new StringBuilder(64 * 1024)
            .Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
            .Append(Text(title)).Append("</title><style>").Append(Style).Append("</style></head><body>\n<h1>").Append(Text(title)).Append("</h1>\n<p>")
            .Append(Text($"{When.Exact(evidence.From)} to {When.Exact(evidence.To)}. Exported by {person} at {When.Exact(now)}.")).Append("</p>\n");
        foreach (var problem in evidence.Problems)
        {
            html.Append("<p class=\"problem\">").Append(Text(problem)).Append("</p>\n");
        }

        Table(html, "Alerts", ["At (UTC)", "Severity", "Alert", "Message", "What followed"],
            evidence.Alerts.Select(a => new[] { When.Day(a.At), a.Severity, a.Name, a.Message, a.FollowedBy }));
        Table(html, "Models", ["At (UTC)", "Event", "Version", "By", "Reason"],
            evidence.History.Select(h => new[] { When.Day(h.At), h.Event.Replace('_', ' '), h.Version, h.Actor, h.Reason }));
        Picture(html, "Model error R", LineChart.Render(EvidenceCharts.Error(evidence), ChartTheme.Light, new ChartSize(Width, Height)));
        Picture(html, "Violation rate p", LineChart.Render(EvidenceCharts.Violations(evidence), ChartTheme.Light, new ChartSize(Width, Height)));
        if (evidence.Explanations.Count > 0)
        {
            Picture(html, "SHAP magnitude", LineChart.Render(EvidenceCharts.Magnitude(evidence), ChartTheme.Light, new ChartSize(Width, Height)));
            Picture(html, "SHAP values by feature", EvidenceCharts.Swarm(evidence, ChartTheme.Light, Width));
            Picture(html, "Correlation of SHAP values", EvidenceCharts.Heatmap(evidence, ChartTheme.Light, Width));
        }

        Table(html, "Subnets, mean φ in tokens/s", ["Subnet", "Explanations", .. evidence.Features],
            evidence.Subnets.Select(s => new[] { s.Subnet.Length > 0 ? s.Subnet : "not known", NumberText.Compact(s.Count) }.Concat(s.MeanShap.Select(NumberText.WithSign)).ToArray()));
        Table(html, "Requests", ["At (UTC)", "Request", "Client", "Explanation"],
            evidence.Telling.Take(MostRequests).Select(e => new[] { When.Day(e.Timestamp), e.RequestId, e.ClientId, e.Sentence }));
        return html.Append("<p class=\"note\">")
            .Append(Text($"{evidence.Explanations.Count} explanations spread over the interval, of model {(evidence.Explanations.Count > 0 ? evidence.Explanations[0].ModelVersion : "none")}."))
            .Append("</p>\n</body></html>\n").ToString();
    }

    private static void Picture(StringBuilder html, string title, string svg) => html.Append("<h2>").Append(Text(title)).Append("</h2>\n").Append(svg).Append('\n');

    private static void Table(StringBuilder html, string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        html.Append("<h2>").Append(Text(title)).Append("</h2>\n");
        var lines = rows.ToList();
        if (lines.Count == 0)
        {
            html.Append("<p class=\"note\">None.</p>\n");
            return;
        }

        html.Append("<table><thead><tr>");
        foreach (var column in columns)
        {
            html.Append("<th>").Append(Text(column)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>\n");
        foreach (var line in lines)
        {
            html.Append("<tr>");
            foreach (var cell in line)
            {
                html.Append("<td>").Append(Text(cell)).Append("</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody></table>\n");
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
