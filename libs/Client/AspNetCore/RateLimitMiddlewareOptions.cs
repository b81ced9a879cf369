using Microsoft.AspNetCore.Http;

namespace RateLimitSuite.Client.AspNetCore;

/// <summary>Settings of the middleware.</summary>
public sealed class RateLimitMiddlewareOptions
{
    /// <summary>Who is limited; null from it: the request is not asked about. Default: the signed-in user's name, else the remote address.</summary>
    public Func<HttpContext, string?> ClientOf { get; set; } = context =>
        context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : context.Connection.RemoteIpAddress?.ToString();

    /// <summary>Whether the older <c>X-RateLimit-*</c> fields are wanted beside <c>RateLimit</c>. Default false.</summary>
    public bool LegacyHeaders { get; set; }
}
