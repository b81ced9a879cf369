using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using RateLimitSuite.Audit.Tables;
using RateLimitSuite.Charts;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Audit.Reports;

/// <summary>A folder of pictures with an index that needs no server: a waterfall a request, and a beeswarm of all that were read.</summary>
internal sealed class ShapReport(string folder, FeatureSchema schema)
{
    private const int Width = 760;
    private const string Unit = "tokens/s";

    /// <summary>Draws everything.</summary>
    /// <param name="shown">One waterfall each.</param>
    /// <param name="all">Points of the beeswarm.</param>
    /// <param name="cancellationToken">Stops between pictures.</param>
    /// <returns>Whether pictures are there as PNG too.</returns>
    public async Task<bool> WriteAsync(IReadOnlyList<StoredExplanation> shown, IReadOnlyList<StoredExplanation> all, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var swarm = BeeswarmChart.Render($"SHAP values of {all.Count} decisions", Unit, Rows(all), ChartTheme.Light, Width);
        var png = await WritePictureAsync("beeswarm", swarm, cancellationToken);
        var index = new StringBuilder();
        foreach (var (explanation, number) in shown.Select((e, i) => (e, i + 1)))
        {
            // The request's id may hold anything, so it names no file.
            var name = string.Create(CultureInfo.InvariantCulture, $"waterfall-{number:000}");
            png &= await WritePictureAsync(name, Waterfall(explanation), cancellationToken);
            Append(index, name, explanation, png);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), Page(index.ToString(), all.Count, shown.Count, png), cancellationToken);
        return png;
    }

    private string Waterfall(StoredExplanation explanation)
    {
        var decidedBy = (DecidedBy)explanation.DecidedBy;
        var steps = explanation.Shap.Select((phi, i) => new WaterfallStep(NameOf(i), NumberText.Compact(explanation.Features[i]), phi));
        return WaterfallChart.Render(
            new WaterfallData(
                $"Request {explanation.RequestId} of {explanation.ClientId}", decidedBy.Headline(explanation.Allowed), explanation.BaseValue, explanation.Prediction, [.. steps], Unit)
            {
                FeaturesDecided = decidedBy == DecidedBy.Bucket,
            },
            ChartTheme.Light, Width);
    }

    private List<SwarmRow> Rows(IReadOnlyList<StoredExplanation> all) =>
    [
        .. Enumerable.Range(0, all.Count == 0 ? 0 : all.Max(e => e.Shap.Length))
            .Select(i => new SwarmRow(NameOf(i), [.. all.Where(e => e.Shap.Length > i).Select(e => (e.Features[i], e.Shap[i]))]))
            .OrderByDescending(row => row.Points.Average(point => Math.Abs(point.Shap))),
    ];

    private string NameOf(int feature) =>
        feature < schema.Names.Count ? schema.Names[feature] : string.Create(CultureInfo.InvariantCulture, $"feature {feature}");

    private async Task<bool> WritePictureAsync(string name, string svg, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name + ".svg");
        await File.WriteAllTextAsync(path, svg, cancellationToken);
        return await SvgToPng.ConvertAsync(path, Path.Combine(folder, name + ".png"), cancellationToken);
    }

    private static void Append(StringBuilder index, string name, StoredExplanation explanation, bool png) => index.Append(
        CultureInfo.InvariantCulture,
        $"""
         <section><h2>{Escape(explanation.RequestId)}</h2>
         <p>{explanation.DecidedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, client {Escape(explanation.ClientId)}, subnet {Escape(explanation.Subnet)}, model {Escape(explanation.ModelVersion)}, {Escape(explanation.Mode)}{(png ? $", <a href=\"{name}.png\">PNG</a>" : "")}</p>
         <img src="{name}.svg" alt="waterfall of {Escape(explanation.RequestId)}"></section>

         """);

    private static string Page(string sections, int all, int shown, bool png) =>
        $"""
         <!DOCTYPE html>
         <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>SHAP report</title>
         <style>body { "{" } font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem { "}" } img { "{" } max-width: 100% { "}" }</style></head>
         <body><h1>SHAP report</h1><p>{shown} requests of {all} explanations read.{(png ? "" : " PNG needs rsvg-convert (Debian: librsvg2-bin).")}</p>
         <img src="beeswarm.svg" alt="beeswarm of {all} decisions">
         {sections}</body></html>
         """;

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);
}
