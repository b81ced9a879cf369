using System.Net;
using Microsoft.AspNetCore.Mvc;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Api;

/// <summary><c>GET /check</c>: the sub-request that Caddy's forward_auth, nginx's auth_request, HAProxy and Traefik make for each request.</summary>
/// <remarks>200 lets it pass, 429 (or 403, where the gateway knows no other refusal) does not. The gateway is trusted to set the headers: bind
/// this port where only it can reach it.</remarks>
internal static class ForwardAuthEndpoint
{
    private const string ClientHeader = "X-Client-Id";
    private const string RequestHeader = "X-Request-Id";

    public static IEndpointConventionBuilder MapForwardAuth(this IEndpointRouteBuilder endpoints) => endpoints.MapMethods(
        "/check",
        [HttpMethods.Get, HttpMethods.Head],
        (HttpContext http, Decider decider, LimiterClock clock, LimiterMetrics metrics,
            [FromQuery] string? domain, [FromQuery] string? client, [FromQuery] double? cost, [FromQuery] string? backend,
            [FromQuery] int? deny, [FromQuery] bool? legacy) =>
        {
            if (deny is not (null or 403 or 429))
            {
                return Results.Problem($"deny is {deny}; it must be 429 or 403.", statusCode: 400);
            }

            var request = ToRequest(http, domain, client, cost, backend);
            var started = clock.Now;
            if (decider.TryDecide(request, started, out var decision) is { } fault)
            {
                metrics.Invalid("/check");
                return Results.Problem(fault, statusCode: 400);
            }

            metrics.Called("/check", clock.Now - started);
            RateLimitHeaders.Write(http.Response.Headers, decision!, legacy ?? false);
            return Results.StatusCode(decision!.Allowed ? 200 : deny ?? 429);
        });

    // Who asks: the query, else the header that authentication before us set, else the address that the gateway saw.
    private static DecideRequest ToRequest(HttpContext http, string? domain, string? client, double? cost, string? backend)
    {
        var address = AddressOf(http);
        var headers = http.Request.Headers;
        var request = new DecideRequest
        {
            ClientId = client ?? (headers[ClientHeader].ToString() is { Length: > 0 } named ? named : address?.ToString() ?? ""),
            Domain = domain ?? "",
            ClientIp = address?.ToString() ?? "",
            Backend = backend ?? "",
            RequestId = headers[RequestHeader].ToString() is { Length: <= RequestChecks.RequestIdLengthMax } id ? id : "",
        };
        if (cost is { } tokens)
        {
            request.Cost = tokens;
        }

        return request;
    }

    // The last address of X-Forwarded-For is the one that the gateway itself saw; those before it are hearsay.
    private static IPAddress? AddressOf(HttpContext http)
    {
        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString();
        var last = forwarded[(forwarded.LastIndexOf(',') + 1)..].Trim();
        if (IPAddress.TryParse(last, out var address) || IPAddress.TryParse(http.Request.Headers["X-Real-IP"].ToString(), out address))
        {
            return address;
        }

        return http.Connection.RemoteIpAddress;
    }
}
