using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Asks the drift monitor for its measures, their series and its alerts.</summary>
internal sealed class DriftFeed(
    DriftMonitorApi.DriftMonitorApiClient monitor, SuiteState state, IConfiguration configuration, TimeProvider time, ILogger<DriftFeed> logger)
    : Feed("drift monitor", TimeSpan.FromSeconds(2), time, logger)
{
    private const int MostAlerts = 100;
    private const int WindowsShown = 120;

    private readonly TimeSpan _span = configuration.GetLoopProfile().DetectorWindow * WindowsShown;

    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        var status = await monitor.GetStatusAsync(new GetDriftStatusRequest(), deadline: Deadline, cancellationToken: cancellationToken);
        var series = await monitor.GetSeriesAsync(
            new GetSeriesRequest { From = Timestamp.FromDateTimeOffset(Time.GetUtcNow() - _span) }, deadline: Deadline, cancellationToken: cancellationToken);
        var alerts = await monitor.ListAlertsAsync(new ListAlertsRequest { Limit = MostAlerts }, deadline: Deadline, cancellationToken: cancellationToken);
        state.Drift.Set(new DriftView(status, series.Points, alerts.Alerts));
    }

    protected override void Fail(Exception cause) => state.Drift.Fail(cause);
}
