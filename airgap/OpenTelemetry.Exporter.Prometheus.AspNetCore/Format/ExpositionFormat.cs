using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace OpenTelemetry.Exporter;

/// <summary>One of the text formats that Prometheus reads.</summary>
internal sealed record ExpositionFormat(bool IsOpenMetrics, Version Version)
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string TextType = "text/plain";

    private static readonly Version V1 = new(1, 0, 0);
    private static readonly string[] Escapings = ["allow-utf-8", "dots", "underscores", "values"];

    public static readonly ExpositionFormat Fallback = new(IsOpenMetrics: false, new Version(0, 0, 4));

    private static readonly ExpositionFormat[] Supported =
    [
        Fallback, new(IsOpenMetrics: false, V1), new(IsOpenMetrics: true, new Version(0, 0, 1)), new(IsOpenMetrics: true, V1),
    ];

    /// <summary>From 1.0.0 on the header says how names are escaped: here always by underscores, whatever was asked for.</summary>
    public string ContentType { get; } =
        $"{(IsOpenMetrics ? OpenMetricsType : TextType)}; version={Version}; charset=utf-8{(Version.Major > 0 ? "; escaping=underscores" : "")}";

    /// <summary>The acceptable format of the highest quality, the first of equals; <see cref="Fallback"/> where none is.</summary>
    public static ExpositionFormat Negotiate(IEnumerable<MediaTypeHeaderValue> accept) =>
        accept.Select(Parse).Where(wish => wish.Format is not null).OrderByDescending(wish => wish.Quality).FirstOrDefault().Format ?? Fallback;

    private static (ExpositionFormat? Format, double Quality) Parse(MediaTypeHeaderValue wish)
    {
        var isOpenMetrics = wish.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase);
        if (!isOpenMetrics && !wish.MediaType.Equals(TextType, StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        // OpenMetrics begins with 1.0.0, so a wish without version means that one; plain text means the oldest.
        var version = isOpenMetrics ? V1 : Fallback.Version;
        var quality = 1.0;
        foreach (var parameter in wish.Parameters)
        {
            var value = parameter.Value.Value?.Trim('"');
            var isGood = parameter.Name.Value?.ToLowerInvariant() switch
            {
                "q" => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality) && quality is > 0 and <= 1,
                "version" => Version.TryParse(value, out version!),
                "escaping" => Escapings.Contains(value),
                _ => true,
            };
            if (!isGood)
            {
                return default;
            }
        }

        return (Array.Find(Supported, format => format.IsOpenMetrics == isOpenMetrics && format.Version == version), quality);
    }
}
