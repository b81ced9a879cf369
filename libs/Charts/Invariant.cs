using System.Globalization;

namespace RateLimitSuite.Charts;

/// <summary>SVG knows one way to write a number.</summary>
internal static class Invariant
{
    public static CultureInfo Culture => CultureInfo.InvariantCulture;
}
