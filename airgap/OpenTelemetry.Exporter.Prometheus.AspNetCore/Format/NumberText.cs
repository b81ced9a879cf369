using System.Globalization;

namespace OpenTelemetry.Exporter;

/// <summary>Writes numbers as the formats want them.</summary>
internal static class NumberText
{
    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Shortest(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),   // NaN is "NaN" in the invariant culture.
    };

    /// <summary>OpenMetrics' canonical number: as Go's <c>%g</c>, with <c>.0</c> where it would look like an integer.</summary>
    public static string Canonical(double value)
    {
        if (!double.IsFinite(value))
        {
            return Shortest(value);
        }

        if (value == 0)
        {
            return "0.0";   // Minus zero too.
        }

        var (digits, exponent) = Decompose(Math.Abs(value));
        var sign = value < 0 ? "-" : "";
        return exponent switch
        {
            < -4 or >= 6 => $"{sign}{digits[0]}{(digits.Length > 1 ? $".{digits[1..]}" : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}",
            < 0 => $"{sign}0.{new string('0', -exponent - 1)}{digits}",
            _ => $"{sign}{digits[..Math.Min(exponent + 1, digits.Length)].PadRight(exponent + 1, '0')}.{(digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "0")}",
        };
    }

    // The shortest text as digits without zeros at either end and the power of ten of the first: 0.00125 is "125" and -3.
    private static (string Digits, int Exponent) Decompose(double value)
    {
        var parts = value.ToString(CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        var exponent = (point < 0 ? digits.Length : point) - 1 - (digits.Length - significant.Length);
        return (significant.TrimEnd('0'), exponent + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0));
    }
}
