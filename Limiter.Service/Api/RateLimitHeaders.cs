using System.Globalization;
using System.Text;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Api;

/// <summary>A decision as HTTP header fields: the IETF draft's structured fields (revision 10), <c>Retry-After</c>, and the older <c>X-RateLimit-*</c>.</summary>
internal static class RateLimitHeaders
{
    /// <summary>The decision's id, for look-up and for outcomes.</summary>
    public const string RequestId = "X-RateLimit-Request-Id";

    /// <summary>Writes the fields.</summary>
    /// <param name="headers">Where to.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="legacy">Whether the older fields are wanted too.</param>
    public static void Write(IHeaderDictionary headers, DecideResponse decision, bool legacy)
    {
        var remaining = (long)Math.Max(0, Math.Floor(decision.Remaining));
        var limit = (long)Math.Max(0, Math.Floor(decision.Limit));
        var wait = WaitSeconds(decision);
        var name = Quoted(decision.Policy);

        // A policy should be steady over responses, and the rate is not: the burst is the quota, the time that fills it the window.
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"{name};q={limit};w={WindowSeconds(decision)}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"{name};r={remaining}{(wait > 0 ? $";t={wait}" : "")}");
        headers[RequestId] = decision.RequestId;
        if (wait > 0)
        {
            headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (legacy)
        {
            headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Reset"] = wait.ToString(CultureInfo.InvariantCulture);
        }
    }

    // Whole seconds, rounded up: whoever waits so long gets in.
    private static long WaitSeconds(DecideResponse decision) =>
        decision.RetryAfter is { } wait ? Math.Max(1, (long)Math.Ceiling(wait.ToTimeSpan().TotalSeconds)) : 0;

    private static long WindowSeconds(DecideResponse decision) =>
        (long)Math.Clamp(Math.Ceiling(decision.Limit / Math.Max(decision.RefillRate, 1e-9)), 1, 31_536_000);

    // A structured-field string: printable ASCII, quote and backslash escaped.
    private static string Quoted(string name)
    {
        var text = new StringBuilder("\"");
        foreach (var c in name)
        {
            if (c is '"' or '\\')
            {
                text.Append('\\');
            }

            text.Append(c is >= ' ' and <= '~' ? c : '?');
        }

        return text.Append('"').ToString();
    }
}
