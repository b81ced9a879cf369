using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Intervals;

/// <summary>Gathers what is known of an interval. A service that is away costs its part only, and the evidence says so.</summary>
public sealed class EvidenceReader(
    DriftMonitorApi.DriftMonitorApiClient monitor, TrainerApi.TrainerApiClient trainer, ExplainerApi.ExplainerApiClient explainer, TimeProvider time)
{
    private const int Slices = 6;
    private const int RowsOfASlice = 200;
    private const int MostPoints = 2_000;
    private const int MostAlerts = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Longest interval.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Asks all services, as the person whose headers are given.</summary>
    public async Task<Evidence> ReadAsync(DateTimeOffset from, DateTimeOffset to, Metadata headers, CancellationToken cancellation)
    {
        var deadline = time.GetUtcNow().UtcDateTime + Patience;
        var call = new CallOptions(headers, deadline, cancellation);
        var problems = new List<string>();
        var (start, end) = (Timestamp.FromDateTimeOffset(from), Timestamp.FromDateTimeOffset(to));
        var series = TryAsync("drift monitor", monitor.GetSeriesAsync(new GetSeriesRequest { From = start, To = end, Limit = MostPoints }, call), problems);
        var status = TryAsync("drift monitor", monitor.GetStatusAsync(new GetDriftStatusRequest(), call), problems);
        var alerts = TryAsync("drift monitor", monitor.ListAlertsAsync(new ListAlertsRequest { Limit = MostAlerts }, call), problems);
        var history = TryAsync("trainer", trainer.GetHistoryAsync(new GetHistoryRequest { Limit = MostAlerts }, call), problems);
        var explanations = new List<Explanation>();
        IReadOnlyList<SubnetMean> subnets = [];
        if (await TryAsync("explainer", explainer.QueryExplanationsAsync(new QueryExplanationsRequest { From = start, To = end, PageSize = 1 }, call), problems) is { } whole)
        {
            subnets = whole.Subnets;
            explanations = await SlicesAsync(from, to, call, problems);
        }

        var chosen = OfOneModel(explanations);
        return new Evidence(from, to)
        {
            Series = (await series)?.Points ?? [],
            Status = await status,
            Alerts = [.. (await alerts)?.Alerts.Where(a => Within(a.At, from, to)) ?? []],
            History = [.. (await history)?.Entries.Where(h => Within(h.At, from, to)) ?? []],
            Explanations = chosen,
            OfOtherModels = explanations.Count - chosen.Count,
            Subnets = subnets,
            Problems = [.. problems.Distinct()],
        };
    }

    // The newest page of a long interval would show its end only, so each stretch of it gives its share.
    private async Task<List<Explanation>> SlicesAsync(DateTimeOffset from, DateTimeOffset to, CallOptions call, List<string> problems)
    {
        var rows = new List<Explanation>();
        for (var i = 0; i < Slices; i++)
        {
            var request = new QueryExplanationsRequest
            {
                From = Timestamp.FromDateTimeOffset(from + ((to - from) * i / Slices)),
                To = Timestamp.FromDateTimeOffset(from + ((to - from) * (i + 1) / Slices)),
                PageSize = RowsOfASlice,
            };
            if (await TryAsync("explainer", explainer.QueryExplanationsAsync(request, call), problems) is { } page)
            {
                rows.AddRange(page.Explanations.Reverse());
            }
        }

        return rows;
    }

    // φ of two models, or of two modes, do not mix.
    private static List<Explanation> OfOneModel(List<Explanation> rows) =>
        rows.GroupBy(e => (e.ModelVersion, e.Mode, e.Shap.Count)).OrderByDescending(g => g.Count()).FirstOrDefault()?.ToList() ?? [];

    private static bool Within(Timestamp? at, DateTimeOffset from, DateTimeOffset to) => at?.ToDateTimeOffset() is { } t && t >= from && t < to;

    private static async Task<T?> TryAsync<T>(string service, AsyncUnaryCall<T> call, List<string> problems) where T : class
    {
        try
        {
            return await call;
        }
        catch (RpcException fault) when (fault.StatusCode is not StatusCode.Cancelled)
        {
            lock (problems)
            {
                problems.Add($"The {service}'s part is missing: {(fault.StatusCode == StatusCode.Unavailable ? "it does not answer." : fault.Status.Detail)}");
            }

            return null;
        }
    }
}
