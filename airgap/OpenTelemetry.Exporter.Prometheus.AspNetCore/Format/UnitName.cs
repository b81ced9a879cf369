using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter;

/// <summary>Spells units out, as Prometheus wants them: <c>s</c> is <c>seconds</c>, <c>By/s</c> is <c>bytes_per_second</c>.</summary>
internal static partial class UnitName
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes",
        ["B"] = "bytes", ["KB"] = "kilobytes", ["MB"] = "megabytes", ["GB"] = "gigabytes", ["TB"] = "terabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams",
        ["Cel"] = "celsius", ["Hz"] = "hertz", ["1"] = "", ["%"] = "percent", ["$"] = "dollars",
    };

    private static readonly Dictionary<string, string> PerWords = new(StringComparer.Ordinal)
    {
        ["s"] = "second", ["m"] = "minute", ["h"] = "hour", ["d"] = "day", ["w"] = "week", ["mo"] = "month", ["y"] = "year",
    };

    /// <summary>The unit's name; empty for none, for <c>1</c> and for a note such as <c>{request}</c>.</summary>
    public static string Of(string? unit)
    {
        if (string.IsNullOrEmpty(unit))
        {
            return "";
        }

        unit = Note().Replace(unit, "");
        var slash = unit.IndexOf('/', StringComparison.Ordinal);
        var name = slash >= 0 && slash < unit.Length - 1
            ? $"{Words.GetValueOrDefault(unit[..slash], unit[..slash])}_per_{PerWords.GetValueOrDefault(unit[(slash + 1)..], unit[(slash + 1)..])}"
            : Words.GetValueOrDefault(unit, unit);
        return Other().Replace(name, "_").Trim('_');
    }

    [GeneratedRegex(@"\{.*?\}", RegexOptions.Singleline)]
    private static partial Regex Note();

    [GeneratedRegex("[^A-Za-z0-9:]+")]
    private static partial Regex Other();
}
