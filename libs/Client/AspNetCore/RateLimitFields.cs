using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace RateLimitSuite.Client.AspNetCore;

/// <summary>A decision as HTTP header fields: <c>RateLimit</c> and <c>RateLimit-Policy</c> (IETF draft, revision 10), <c>Retry-After</c>.</summary>
internal static class RateLimitFields
{
    private const int LongestWindow = 31_536_000;

    public static void Write(IHeaderDictionary headers, RateLimitDecision decision, bool legacy)
    {
        var wait = decision.RetryAfter is { } after ? Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)) : 0;
        if (wait > 0)
        {
            headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (decision.Source != DecisionSource.Limiter)
        {
            return;   // A fallback knows of no policy.
        }

        var limit = (long)Math.Max(0, Math.Floor(decision.Limit));
        var remaining = (long)Math.Max(0, Math.Floor(decision.Remaining));
        var window = (long)Math.Clamp(Math.Ceiling(decision.Limit / Math.Max(decision.RefillRate, 1e-9)), 1, LongestWindow);
        var name = $"\"{string.Concat(decision.Policy.Where(c => c is >= ' ' and <= '~' and not ('"' or '\\')))}\"";
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"{name};q={limit};w={window}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"{name};r={remaining}{(wait > 0 ? $";t={wait}" : "")}");
        headers["X-RateLimit-Request-Id"] = decision.RequestId;
        if (legacy)
        {
            headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Reset"] = wait.ToString(CultureInfo.InvariantCulture);
        }
    }
}
