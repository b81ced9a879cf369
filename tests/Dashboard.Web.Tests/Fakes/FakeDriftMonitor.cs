using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Tests.Fakes;

/// <summary>A drift monitor with an hour of windows: a rise, an alert, and calm again.</summary>
internal sealed class FakeDriftMonitor : DriftMonitorApi.DriftMonitorApiBase
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public override Task<DriftStatus> GetStatus(GetDriftStatusRequest request, ServerCallContext context) => Task.FromResult(new DriftStatus
    {
        At = Timestamp.FromDateTimeOffset(_now),
        Verdict = Verdict.Healthy,
        Mode = "statistical",
        Mae = new Measure { Value = 0.082, Lower = 0.074, Upper = 0.09, Limit = 0.15, N = 4_120 },
        ViolationRate = new Measure { Value = 0.0061, Lower = 0.0048, Upper = 0.0077, Limit = 0.02, N = 48_700 },
        OverAdmission = new Measure { Value = 0.011, Lower = 0.009, Upper = 0.013, N = 48_700 },
        LabelCoverage = 0.97,
        ModelVersion = "m-20260301-120000-a1b2",
        RowsWritten = 20_311,
        Detectors =
        {
            new DetectorState { Name = "mae", Statistic = 0.074, Limit = 0.15, Ready = true, Note = "lower bound" },
            new DetectorState { Name = "page_hinkley", Statistic = 3.1, Limit = 25, Ready = true },
            new DetectorState { Name = "psi:ip_reputation", Statistic = 0.31, Limit = 0.1, Ready = true, Firing = true, Note = "warns only" },
        },
        Features =
        {
            new FeatureDrift { Feature = "request_volume", Psi = 0.04, Limit = 0.1, N = 5_000 },
            new FeatureDrift { Feature = "ip_reputation", Psi = 0.31, Limit = 0.1, N = 5_000 },
        },
    });

    public override Task<GetSeriesResponse> GetSeries(GetSeriesRequest request, ServerCallContext context) => Task.FromResult(new GetSeriesResponse
    {
        Points =
        {
            Enumerable.Range(0, 60).Select(i => new SeriesPoint
            {
                At = Timestamp.FromDateTimeOffset(_now.AddMinutes(i - 60)),
                Mae = 0.08 + (i is > 30 and < 40 ? 0.02 * (i - 30) : 0.004 * Math.Sin(i)),
                ViolationRate = 0.006 + (i is > 30 and < 40 ? 0.004 * (i - 30) : 0),
                OverAdmission = 0.011,
                Rows = i == 12 ? 0ul : 400ul,   // One window without labels: a gap.
                Decisions = 48_000,
                LabelCoverage = 0.97,
            }),
        },
    });

    public override Task<ListAlertsResponse> ListAlerts(ListAlertsRequest request, ServerCallContext context) => Task.FromResult(new ListAlertsResponse
    {
        Alerts =
        {
            new Alert
            {
                Id = "a1", At = Timestamp.FromDateTimeOffset(_now.AddMinutes(-24)), Name = "drift", Severity = "critical",
                Message = "R 0.21 is over 0.15 in 2 of 3 windows", Detector = "mae", FollowedBy = "retrain started: promoted", RequestIds = { "01890a5d-ac96-774b-bcce-b302099a8057" },
            },
        },
    });
}
