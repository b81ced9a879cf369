using System.Text;

namespace OpenTelemetry.Exporter;

/// <summary>The names of a metric's family: that of its series, and that of its TYPE, UNIT and HELP lines.</summary>
/// <remarks>Both end with the unit, and a counter's series with <c>_total</c>. In OpenMetrics the lines leave <c>_total</c> out.</remarks>
internal readonly record struct FamilyName(string Series, string Metadata)
{
    private const string Total = "_total";

    public static FamilyName Of(string name, string unit, FamilyKind kind, ExpositionFormat format, bool withoutTotal) =>
        format.IsOpenMetrics ? OpenMetrics(name, unit, kind) : Text(name, unit, kind, withoutTotal);

    private static FamilyName Text(string name, string unit, FamilyKind kind, bool withoutTotal)
    {
        var isCounter = kind == FamilyKind.Counter;
        var series = Sanitize(name);
        if (unit.Length > 0 && !Ends(series, unit) && !(isCounter && Ends(series, unit + Total)))
        {
            series += $"_{unit}";
        }

        if (isCounter && !withoutTotal && !Ends(series, Total))
        {
            series += Total;
        }

        return new FamilyName(series, series);
    }

    private static FamilyName OpenMetrics(string name, string unit, FamilyKind kind)
    {
        var isCounter = kind == FamilyKind.Counter;
        var stem = isCounter ? WithoutTotal(name) : name;
        if (unit.Length > 0 && !Ends(stem, unit))
        {
            stem += $"_{unit}";
        }

        stem = Sanitize(stem);
        return isCounter ? new FamilyName(Ends(stem, Total) ? stem : stem + Total, WithoutTotal(stem)) : new FamilyName(stem, stem);
    }

    // Every run of characters that are not letters, digits or colons becomes one underscore, as does a digit at the start.
    private static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var isAllowed = char.IsAsciiLetter(name[i]) || name[i] == ':' || (char.IsAsciiDigit(name[i]) && i > 0);
            if (isAllowed)
            {
                text.Append(name[i]);
            }
            else if (text.Length == 0 || text[^1] != '_')
            {
                text.Append('_');
            }
        }

        return text.ToString();
    }

    private static bool Ends(string text, string end) => text.EndsWith(end, StringComparison.Ordinal);

    private static string WithoutTotal(string name) => Ends(name, Total) ? name[..^Total.Length] : name;
}
