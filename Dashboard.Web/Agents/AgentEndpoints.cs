using System.ComponentModel;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>The HTTP/JSON API for programs that act on their own: they read the evidence, act for a while, and leave their reasons.</summary>
/// <remarks>Described at <c>/api/v1/openapi.json</c>. Reading takes a bearer token or a signed-in browser; changing takes an operator's bearer
/// token, never a cookie, as another site's page could use that. Services see the caller's own name and role.</remarks>
internal static class AgentEndpoints
{
    private const string BearerScheme = "Suite";
    private const string Prefix = "/api/v1";

    public static void AddAgents(this IServiceCollection services)
    {
        services.AddScoped<AgentCalls>();
        services.AddScoped<OverrideEvidence>();
        services.AddOpenApi(options => options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true);
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
    }

    public static void MapAgents(this IEndpointRouteBuilder endpoints)
    {
        var mayRead = Policy(SuiteRoles.Viewer, SuiteRoles.Operator, SuiteRoles.Service).AddAuthenticationSchemes(BearerScheme, CookieAuthenticationDefaults.AuthenticationScheme).Build();
        var mayChange = Policy(SuiteRoles.Operator, SuiteRoles.Service).AddAuthenticationSchemes(BearerScheme).Build();
        endpoints.MapOpenApi(Prefix + "/openapi.json").RequireAuthorization(mayRead);
        var api = endpoints.MapGroup(Prefix).AddEndpointFilter<RpcFaultFilter>().WithTags("Agents").DisableAntiforgery()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var read = api.MapGroup("").RequireAuthorization(mayRead);
        read.MapGet("/status", StatusAsync).WithSummary("What is served, who is throttled, whether the model holds");
        read.MapGet("/alerts", AlertsAsync).WithSummary("Alerts and what followed, newest first");
        read.MapGet("/explanations", QueryAsync).WithSummary("Explanations of decisions, and mean φ by subnet over the selection");
        read.MapGet("/explanations/{id}", FindAsync).WithSummary("Why one decision was made");
        read.MapGet("/explanations/{id}/waterfall.svg", PictureAsync).WithSummary("The same as a picture").Produces<string>(contentType: "image/svg+xml");
        read.MapGet("/overrides", ListAsync).WithSummary("Overrides in force, and the audit log");
        var change = api.MapGroup("").RequireAuthorization(mayChange);
        change.MapPost("/overrides", SetAsync).WithSummary("Tightens or loosens a client or a subnet for a while; the reason and its evidence stay in the audit log");
        change.MapDelete("/overrides/{id}", RemoveAsync).WithSummary("Ends an override before its time");
        change.MapPost("/models/{version}/promote", PromoteAsync).WithSummary("Makes a registered model champion at once");
    }

    private static AuthorizationPolicyBuilder Policy(params string[] roles) => new AuthorizationPolicyBuilder().RequireRole(roles);

    private static async Task<StatusDocument> StatusAsync(AgentCalls calls, CancellationToken cancellation)
    {
        var limiter = await calls.Limiter.GetStatusAsync(new() { IncludeClients = true }, calls.Options(cancellation));
        var drift = await calls.Drift.GetStatusAsync(new(), calls.Options(cancellation));
        return StatusDocument.Of(limiter, drift);
    }

    private static async Task<IReadOnlyList<AlertDocument>> AlertsAsync(
        AgentCalls calls, CancellationToken cancellation, [Description("1..1000, 20 by default")] int limit = 20) =>
        [.. (await calls.Drift.ListAlertsAsync(new() { Limit = limit }, calls.Options(cancellation))).Alerts.Select(AlertDocument.Of)];

    private static async Task<ExplanationsDocument> QueryAsync(
        AgentCalls calls,
        CancellationToken cancellation,
        [Description("RFC 3339; an hour ago by default")] DateTimeOffset? from = null,
        [Description("RFC 3339; now by default")] DateTimeOffset? to = null,
        [FromQuery(Name = "client_id")] string? clientId = null,
        [Description("/24 or /48")] string? subnet = null,
        [Description("Ranks by |φ| of this feature")] string? feature = null,
        [Description("-1: took rate away, 1: gave it")] int sign = 0,
        bool? allowed = null,
        [FromQuery(Name = "page_size"), Description("1..500, 20 by default")] int pageSize = 20,
        [FromQuery(Name = "page_token")] string? pageToken = null)
    {
        var request = new QueryExplanationsRequest
        {
            From = from is { } start ? Timestamp.FromDateTimeOffset(start) : null,
            To = to is { } end ? Timestamp.FromDateTimeOffset(end) : null,
            ClientId = clientId ?? "",
            Subnet = subnet ?? "",
            Feature = feature ?? "",
            Sign = sign,
            PageSize = pageSize,
            PageToken = pageToken ?? "",
        };
        if (allowed is { } only)
        {
            request.Allowed = only;
        }

        return ExplanationsDocument.Of(await calls.Explainer.QueryExplanationsAsync(request, calls.Options(cancellation)));
    }

    private static async Task<ExplanationDocument> FindAsync(string id, AgentCalls calls, CancellationToken cancellation) =>
        ExplanationDocument.Of(await calls.FindAsync(id, cancellation));

    private static async Task<IResult> PictureAsync(string id, AgentCalls calls, CancellationToken cancellation, int width = 640) =>
        Results.Text(ExplanationPicture.Draw(await calls.FindAsync(id, cancellation), width), "image/svg+xml");

    private static async Task<OverridesDocument> ListAsync(
        AgentCalls calls, CancellationToken cancellation, bool audit = false, [Description("1..1000, 100 by default")] int limit = 100) =>
        OverridesDocument.Of(await calls.Limiter.ListOverridesAsync(new() { IncludeEnded = audit, Limit = limit }, calls.Options(cancellation)));

    private static async Task<OverrideDocument> SetAsync(OverrideRequest request, AgentCalls calls, OverrideEvidence evidence, CancellationToken cancellation)
    {
        var wanted = request.ToMessage(await evidence.JustifyAsync(request, cancellation));
        return OverrideDocument.Of(await calls.Limiter.SetOverrideAsync(wanted, calls.Options(cancellation)));
    }

    private static async Task<OverrideDocument> RemoveAsync(string id, string reason, AgentCalls calls, CancellationToken cancellation) =>
        OverrideDocument.Of((await calls.Limiter.RemoveOverrideAsync(new() { Id = id, Reason = reason }, calls.Options(cancellation))).Removed);

    private static async Task<PromotionDocument> PromoteAsync(string version, PromotionRequest request, AgentCalls calls, CancellationToken cancellation)
    {
        var model = await calls.Trainer.PromoteAsync(new() { Version = version, Reason = request.Reason }, calls.Options(cancellation));
        return new(model.Version, model.Sha256, model.State);
    }
}
