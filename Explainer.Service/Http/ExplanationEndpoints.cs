using System.ComponentModel;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc;
using RateLimitSuite.Charts;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Pictures;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Explainer.Http;

/// <summary>The HTTP/JSON API, for agents, panels and tickets; its description is at <c>/openapi/v1.json</c>.</summary>
internal static class ExplanationEndpoints
{
    private const int LeastWidth = 240;
    private const int MostWidth = 2_000;

    public static void MapExplanations(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi().RequireAuthorization(SuitePolicies.Viewer);
        var api = endpoints.MapGroup("/explanations").RequireAuthorization(SuitePolicies.Viewer).AddEndpointFilter<RpcFaultFilter>().WithTags("Explanations")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/", QueryAsync).WithSummary("A page of explanations, and mean φ by subnet over the whole selection");
        api.MapGet("/{id}", FindAsync).WithSummary("The explanation of one decision");
        api.MapGet("/{id}/nearest", NearestAsync).WithSummary("Recent explanations that are like this one in why");
        api.MapGet("/{id}/waterfall.svg", SvgAsync).WithSummary("The explanation as a picture").Produces<string>(contentType: "image/svg+xml");
        api.MapGet("/{id}/waterfall.png", PngAsync).WithSummary("The picture as PNG").Produces<byte[]>(contentType: "image/png");
    }

    private static async Task<ExplanationDocument> FindAsync(string id, ExplanationLookup lookup, FeatureSchema schema, CancellationToken cancellation) =>
        ExplanationDocument.Of(await lookup.FindAsync(id, cancellation), schema);

    private static async Task<ExplanationPage> QueryAsync(
        ExplanationLookup lookup,
        FeatureSchema schema,
        CancellationToken cancellation,
        [Description("RFC 3339; an hour ago by default")] DateTimeOffset? from = null,
        [Description("RFC 3339; now by default")] DateTimeOffset? to = null,
        [FromQuery(Name = "client_id")] string? clientId = null,
        string? subnet = null,
        [Description("Ranks by |φ| of this feature")] string? feature = null,
        [Description("-1 or 1: only φ of that sign")] int sign = 0,
        [FromQuery(Name = "model_version")] string? modelVersion = null,
        bool? allowed = null,
        [FromQuery(Name = "page_size"), Description("1..500, 50 by default")] int pageSize = 0,
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
            ModelVersion = modelVersion ?? "",
            PageSize = pageSize,
            PageToken = pageToken ?? "",
        };
        if (allowed is { } only)
        {
            request.Allowed = only;
        }

        var answer = await lookup.QueryAsync(request, cancellation);
        return new ExplanationPage(
            [.. answer.Explanations.Select(ExplanationDocument.Of)],
            [.. answer.Subnets.Select(s => new SubnetDocument(s.Subnet, s.Count, schema.Names.Zip(s.MeanShap).ToDictionary(p => p.First, p => p.Second)))],
            answer.NextPageToken);
    }

    private static async Task<IReadOnlyList<NearestDocument>> NearestAsync(
        string id, ExplanationLookup lookup, FeatureSchema schema, CancellationToken cancellation, [Description("1..100, 10 by default")] int count = 10) =>
        [.. (await lookup.NearestAsync(id, count, cancellation)).Select(n => new NearestDocument(n.Distance, ExplanationDocument.Of(n.Explanation, schema)))];

    private static async Task<IResult> SvgAsync(
        string id, ExplanationLookup lookup, FeatureSchema schema, CancellationToken cancellation, int width = 640, [Description("light or dark")] string theme = "light") =>
        Results.Text(await DrawAsync(id, lookup, schema, width, theme, cancellation), "image/svg+xml");

    private static async Task<IResult> PngAsync(
        string id, ExplanationLookup lookup, FeatureSchema schema, PngConverter converter, CancellationToken cancellation, int width = 640, [Description("light or dark")] string theme = "light") =>
        await converter.ConvertAsync(await DrawAsync(id, lookup, schema, width, theme, cancellation), cancellation) is { } png
            ? Results.Bytes(png, "image/png")
            : Results.Problem("PNG needs rsvg-convert (Debian: librsvg2-bin); waterfall.svg is there without it.", statusCode: StatusCodes.Status501NotImplemented);

    private static async Task<string> DrawAsync(string id, ExplanationLookup lookup, FeatureSchema schema, int width, string theme, CancellationToken cancellation)
    {
        Check(width is >= LeastWidth and <= MostWidth, $"width is {width}; it must be {LeastWidth}..{MostWidth} pixels.");
        Check(theme is "light" or "dark", $"theme is '{theme}'; it must be light or dark.");
        return WaterfallPicture.Draw(await lookup.FindAsync(id, cancellation), schema, theme == "dark" ? ChartTheme.Dark : ChartTheme.Light, width);
    }

    private static void Check(bool isGood, string message)
    {
        if (!isGood)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, message));
        }
    }
}
