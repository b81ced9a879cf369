using System.Globalization;
using System.Security.Claims;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Intervals;

/// <summary><c>GET /incident.html?from=…&amp;to=…</c>: the interval as a file, for whoever may look at its page.</summary>
internal static class IncidentEndpoint
{
    private const int LongestTitle = 120;

    public static void MapIncident(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/incident.html", ExportAsync);

    private static async Task<IResult> ExportAsync(
        HttpContext context, EvidenceReader reader, SuiteTokens tokens, TimeProvider time,
        [FromQuery(Name = "from")] string? start = null, [FromQuery(Name = "to")] string? end = null, string? title = null)
    {
        var (from, to) = (IntervalBounds.Parse(start), IntervalBounds.Parse(end));
        if (IntervalBounds.Check(from, to) is { } fault)
        {
            return Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest);
        }

        title = string.IsNullOrWhiteSpace(title) ? "Incident" : title[..Math.Min(title.Length, LongestTitle)];
        var person = context.User.Identity?.Name ?? "nobody";
        var headers = new Metadata { { "authorization", $"Bearer {tokens.Issue(person, context.User.FindFirstValue(SuiteTokens.RoleClaim) ?? SuiteRoles.Viewer)}" } };
        var evidence = await reader.ReadAsync(from!.Value, to!.Value, headers, context.RequestAborted);
        var name = string.Create(CultureInfo.InvariantCulture, $"incident-{from.Value.UtcDateTime:yyyyMMdd-HHmmss}.html");
        return Results.File(Encoding.UTF8.GetBytes(IncidentFile.Write(evidence, title, person, time.GetUtcNow())), "text/html; charset=utf-8", name);
    }
}
