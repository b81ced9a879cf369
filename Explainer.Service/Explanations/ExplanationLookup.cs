using System.Globalization;
using Grpc.Core;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Finds explanations, in memory or in the store, for both APIs; what is wrong with a question is an <see cref="RpcException"/>.</summary>
internal sealed class ExplanationLookup(FeatureSchema schema, RecentExplanations recent, ExplanationQuery query, TimeProvider time)
{
    private const int MostPageRows = 500;
    private const int PageRows = 50;
    private const int LongestId = 256;
    private const int MostNeighbours = 100;
    private const int Neighbours = 10;

    /// <summary>The explanation of one decision.</summary>
    public async Task<ExplainedDecision> FindAsync(string requestId, CancellationToken cancellation)
    {
        if (requestId.Length is 0 or > LongestId)
        {
            throw InvalidArgument($"request_id has {requestId.Length} characters; it must have 1..{LongestId}.");
        }

        return recent.Find(requestId) ?? await AskAsync(() => query.FindAsync(requestId, cancellation))
            ?? throw new RpcException(new Status(StatusCode.NotFound,
                $"No explanation of request '{requestId}': it was never decided here, was sampled away, or is past retention."));
    }

    /// <summary>Recent explanations that are like one in why, nearest first.</summary>
    /// <param name="requestId">The one that they are compared with.</param>
    /// <param name="count">1..100; 0: 10.</param>
    /// <param name="cancellation">Stops the look-up.</param>
    public async Task<IReadOnlyList<(double Distance, ExplainedDecision Explanation)>> NearestAsync(string requestId, int count, CancellationToken cancellation)
    {
        if (count is < 0 or > MostNeighbours)
        {
            throw InvalidArgument($"count is {count}; it must be 1..{MostNeighbours}, or 0 for {Neighbours}.");
        }

        var found = await FindAsync(requestId, cancellation);
        return NearestExplanations.Of(found, recent.Newest(recent.Count), count == 0 ? Neighbours : count);
    }

    /// <summary>A page of explanations, and the means of the whole selection by subnet.</summary>
    public async Task<QueryExplanationsResponse> QueryAsync(QueryExplanationsRequest request, CancellationToken cancellation)
    {
        var to = RequestTimes.Read(request.To, "to") ?? time.GetUtcNow();
        var from = RequestTimes.Read(request.From, "from") ?? to.AddHours(-1);
        var count = CheckPage(request, from, to, out var offset);
        var page = await AskAsync(() => query.PageAsync(request, from, to, offset, count + 1, cancellation));
        var response = new QueryExplanationsResponse
        {
            NextPageToken = page.Count > count ? (offset + count).ToString(CultureInfo.InvariantCulture) : "",
        };
        response.Explanations.Add(page.Take(count).Select(e => e.ToMessage(schema)));
        response.Subnets.Add(await AskAsync(() => query.SubnetsAsync(request, from, to, cancellation)));
        return response;
    }

    private int CheckPage(QueryExplanationsRequest request, DateTimeOffset from, DateTimeOffset to, out int offset)
    {
        offset = 0;
        if (from >= to)
        {
            throw InvalidArgument($"from is {from:O}, not before to ({to:O}).");
        }

        if (request.Feature.Length > 0 && schema.IndexOf(request.Feature) < 0)
        {
            throw InvalidArgument($"feature is '{request.Feature}'; it must be one of {string.Join(", ", schema.Names)}.");
        }

        if (request.PageSize is < 0 or > MostPageRows)
        {
            throw InvalidArgument($"page_size is {request.PageSize}; it must be 1..{MostPageRows}, or 0 for {PageRows}.");
        }

        if (request.PageToken.Length > 0 && (!int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out offset) || offset < 0))
        {
            throw InvalidArgument("page_token is not one that this service gave.");
        }

        return request.PageSize == 0 ? PageRows : request.PageSize;
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.CharacterNotInRepertoire)
        {
            throw InvalidArgument("a text has the character U+0000; no explanation has one.");
        }
        catch (NpgsqlException fault)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"The explanation store is away: {fault.Message}"));
        }
    }

    private static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));
}
