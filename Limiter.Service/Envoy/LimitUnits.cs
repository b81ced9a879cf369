using RateLimitSuite.Limiter.Envoy.V3;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types.RateLimit.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>The units of static limits, in seconds: a month has 30 days, a year 365.</summary>
internal static class LimitUnits
{
    public static double Seconds(Unit unit) => unit switch
    {
        Unit.Second => 1,
        Unit.Minute => 60,
        Unit.Hour => 3_600,
        Unit.Day => 86_400,
        Unit.Week => 7 * 86_400,
        Unit.Month => 30 * 86_400,
        Unit.Year => 365 * 86_400.0,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "No such unit."),
    };

    /// <summary>The unit of a request's own limit; the two enumerations agree in their numbers up to year.</summary>
    public static Unit Of(RateLimitUnit unit) => (Unit)(int)unit;
}
