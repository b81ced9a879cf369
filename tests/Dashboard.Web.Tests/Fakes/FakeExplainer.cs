using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Tests.Fakes;

/// <summary>An explainer that knows the explanations it was given.</summary>
internal sealed class FakeExplainer : ExplainerApi.ExplainerApiBase
{
    private static readonly string[] Names = [.. FeatureSchema.V1.Names];

    public ConcurrentDictionary<string, Explanation> Known { get; } = new(StringComparer.Ordinal);

    public override Task<ExplainerStatus> GetStatus(GetExplainerStatusRequest request, ServerCallContext context) => Task.FromResult(new ExplainerStatus
    {
        Replica = "explainer-0", Mode = "interventional", Explained = 9_000, BackgroundRows = 10_000, Stored = 8_900, LoadedVersions = { "m-20260301-120000-a1b2" }, Narrator = "small-model",
    });

    public override Task<Explanation> GetExplanation(GetExplanationRequest request, ServerCallContext context) => Task.FromResult(Find(request.RequestId));

    public override Task<QueryExplanationsResponse> QueryExplanations(QueryExplanationsRequest request, ServerCallContext context)
    {
        var found = Known.Values.Where(e => (request.From is null || e.Timestamp >= request.From) && (request.To is null || e.Timestamp < request.To))
            .Where(e => (request.Subnet.Length == 0 || e.Subnet == request.Subnet) && (!request.HasAllowed || e.Allowed == request.Allowed)).OrderByDescending(e => e.Timestamp).ToList();
        return Task.FromResult(new QueryExplanationsResponse
        {
            Explanations = { found.Take(request.PageSize == 0 ? 50 : request.PageSize) },
            Subnets = { found.GroupBy(e => e.Subnet).Select(g => new SubnetMean { Subnet = g.Key, Count = (ulong)g.Count(), MeanShap = { Enumerable.Range(0, Names.Length).Select(i => g.Average(e => e.Shap[i])) } }) },
        });
    }

    public override Task<InteractionsResponse> Interactions(InteractionsRequest request, ServerCallContext context) => Task.FromResult(new InteractionsResponse
    {
        ModelVersion = request.ModelVersion,
        Values = { Enumerable.Range(0, Names.Length * Names.Length).Select(i => i / Names.Length == i % Names.Length ? 4.0 : 1 - (0.3 * Math.Abs((i / Names.Length) - (i % Names.Length)))) },
    });

    public override Task<NearestResponse> Nearest(NearestRequest request, ServerCallContext context)
    {
        var asked = Find(request.RequestId);
        return Task.FromResult(new NearestResponse
        {
            Neighbours =
            {
                Known.Values.Where(e => e.RequestId != asked.RequestId)
                    .Select(e => new Neighbour { Distance = Math.Sqrt(e.Shap.Zip(asked.Shap).Sum(p => (p.First - p.Second) * (p.First - p.Second))), Explanation = e })
                    .OrderBy(n => n.Distance).Take(request.Count),
            },
        });
    }

    public override Task<ListSnapshotsResponse> ListSnapshots(ListSnapshotsRequest request, ServerCallContext context)
    {
        var hour = TimeProvider.System.GetUtcNow();
        hour = new DateTimeOffset(hour.Ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        return Task.FromResult(new ListSnapshotsResponse
        {
            FeatureNames = { Names },
            Snapshots =
            {
                Enumerable.Range(0, 48).Where(i => i is not (20 or 21)).Select(i => new ShapSnapshot
                {
                    Hour = Timestamp.FromDateTimeOffset(hour.AddHours(i - 47)),
                    ModelVersion = i < 30 ? "m-20260301-090000-ffff" : "m-20260301-120000-a1b2",
                    Mode = "interventional",
                    Count = 7_200_000,
                    MeanBaseValue = 32,
                    MeanPrediction = 30 + Math.Sin(i / 4.0),
                    MeanMagnitude = 0.4 + (0.1 * Math.Sin(i / 5.0)),
                    ThrottledShare = 0.08,
                    MeanShap = { Names.Select((_, f) => Math.Sin((i + f) / 6.0)) },
                    MeanAbsShap = { Names.Select((_, f) => 1 + f + (0.4 * Math.Sin((i + f) / 6.0))) },
                }),
            },
        });
    }

    public override Task<ExplainResponse> Explain(ExplainRequest request, ServerCallContext context) => Task.FromResult(new ExplainResponse
    {
        ModelVersion = request.ModelVersion,
        Mode = request.Mode,
        Rows = { request.Rows.Select(row => new ShapRow { Prediction = row.Values.Sum(), Shap = { row.Values.Select(v => v / (request.ModelVersion.Length + 1)) } }) },
    });

    public override Task<NarrateResponse> Narrate(NarrateRequest request, ServerCallContext context) =>
        Task.FromResult(new NarrateResponse { Text = "The reputation of the address held the refill rate down.", Narrator = "small-model" });

    private Explanation Find(string requestId) => Known.TryGetValue(requestId, out var found)
        ? found
        : throw new RpcException(new Status(StatusCode.NotFound, $"No explanation of request '{requestId}'."));
}
