using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Alerts;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Judging;
using RateLimitSuite.DriftMonitor.Retraining;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor;

/// <summary>The service's gRPC edge. Every replica answers from the shared tables.</summary>
[BindServiceMethod(typeof(DriftMonitorGrpcService), nameof(Bind))]
internal sealed class DriftMonitorGrpcService(
    JudgeState state, DriftStore store, AlertStore alerts, TripStore trips, IOptions<DriftOptions> options, TimeProvider clock) : DriftMonitorApi.DriftMonitorApiBase
{
    private const int MostPoints = 5_000;
    private const string PsiPrefix = "psi:";
    private const int MostAlerts = 1_000;
    private const int MostBlocks = 1_000;

    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(7);
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TripMemory = TimeSpan.FromDays(30);

    /// <summary>Binds the methods so that bytes which are no such message are the caller's fault.</summary>
    public static void Bind(ServiceBinderBase binder, DriftMonitorApi.DriftMonitorApiBase? service) => DriftMonitorApi.BindService(new StrictBinder(binder), service);

    /// <inheritdoc/>
    public override Task<DriftStatus> GetStatus(GetDriftStatusRequest request, ServerCallContext context) => StatusAsync(context.CancellationToken);

    /// <inheritdoc/>
    public override async Task WatchStatus(GetDriftStatusRequest request, IServerStreamWriter<DriftStatus> responseStream, ServerCallContext context)
    {
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var changed = state.Changed;
            await responseStream.WriteAsync(await StatusAsync(context.CancellationToken), context.CancellationToken);
            await Task.WhenAny(changed, Task.Delay(WatchEvery, clock, context.CancellationToken));
        }
    }

    /// <inheritdoc/>
    public override async Task<GetSeriesResponse> GetSeries(GetSeriesRequest request, ServerCallContext context)
    {
        var limit = InRange(request.Limit, 500, MostPoints, "limit");
        var to = RequestTimes.Read(request.To, "to") ?? clock.GetUtcNow();
        var from = RequestTimes.Read(request.From, "from") ?? to - TimeSpan.FromHours(1);
        var response = new GetSeriesResponse();
        foreach (var judged in await store.JudgedAsync(from, to, limit, context.CancellationToken))
        {
            var window = judged.Window;
            var probes = ProbeEstimate.Of(window, 0);
            response.Points.Add(new SeriesPoint
            {
                At = window.End.ToTimestamp(),
                Mae = window.Error.Count > 0 ? window.Error.Value : 0,
                ViolationRate = window.ViolationRate,
                OverAdmission = window.OverAdmission,
                Rows = (ulong)window.Error.Count,
                Decisions = (ulong)window.Decisions,
                LabelCoverage = window.Coverage,
                ModelVersion = window.ModelVersion,
                ProbeViolationRate = probes.Value,
                Probes = (ulong)probes.Count,
            });
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<ListAlertsResponse> ListAlerts(ListAlertsRequest request, ServerCallContext context)
    {
        var response = new ListAlertsResponse();
        foreach (var alert in await alerts.NewestAsync(InRange(request.Limit, 100, MostAlerts, "limit"), context.CancellationToken))
        {
            var one = new Alert
            {
                Id = alert.Id.ToString(),
                At = alert.At.ToTimestamp(),
                Name = alert.Name,
                Severity = alert.Severity,
                Message = alert.Message,
                Detector = alert.Detector,
                Value = alert.Value,
                Limit = alert.Limit,
                N = (ulong)alert.Count,
                ModelVersion = alert.ModelVersion,
                FollowedBy = alert.FollowedBy,
            };
            one.RequestIds.AddRange(alert.RequestIds);
            response.Alerts.Add(one);
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<ArmStatisticsResponse> GetArmStatistics(ArmStatisticsRequest request, ServerCallContext context)
    {
        var from = RequestTimes.Read(request.From, "from") ?? throw InvalidArgument("from is unset; it must be a time.");
        var to = RequestTimes.Read(request.To, "to") ?? clock.GetUtcNow();
        if (from >= to || to - from > LongestInterval)
        {
            throw InvalidArgument($"from..to is {from:O}..{to:O}; it must be over 0 and at most {LongestInterval.TotalDays} days.");
        }

        var block = RequestTimes.Read(request.Block, "block");
        if (block is { } length && (length <= TimeSpan.Zero || (to - from) / length > MostBlocks))
        {
            throw InvalidArgument($"block is {length}; it must be over 0 and give at most {MostBlocks} blocks.");
        }

        var response = new ArmStatisticsResponse();
        foreach (var (key, sums) in await store.ArmsAsync(from, to, block, context.CancellationToken))
        {
            var arm = sums.Total;
            response.Arms.Add(new ArmStatistics
            {
                Blocks = { sums.Blocks.Select(ToBlock) },
                Arm = key.Arm,
                ModelVersion = key.ModelVersion,
                Decisions = (ulong)arm.Decisions,
                Denied = (ulong)arm.Denied,
                WronglyThrottled = (ulong)arm.WronglyThrottled,
                OverAdmitted = (ulong)Math.Round(arm.OverAdmitted),
                Rows = (ulong)arm.Error.Count,
                Mae = arm.Error.Count > 0 ? arm.Error.Value : 0,
                LatencyP99S = P99(arm),
                FailureShare = arm.Reported == 0 ? 0 : (double)arm.Failures / arm.Reported,
                ClampShare = arm.Decisions == 0 ? 0 : (double)arm.Clamped / arm.Decisions,
            });
        }

        return response;
    }

    private static ArmBlock ToBlock(ArmCounts counts) => new()
    {
        Decisions = (ulong)counts.Decisions,
        WronglyThrottled = (ulong)counts.WronglyThrottled,
        OverAdmitted = counts.OverAdmitted,
        Reported = (ulong)counts.Reported,
        Failures = (ulong)counts.Failures,
        LatencyP99S = P99(counts),
    };

    private static double P99(ArmCounts counts) => counts.Latencies.Quantile(0.99) is var p99 && double.IsNaN(p99) ? 0 : p99;

    private async Task<DriftStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var (rows, late, duplicates, unmatched) = await store.TotalsAsync(cancellationToken);
        var status = new DriftStatus
        {
            At = clock.GetUtcNow().ToTimestamp(),
            Mode = options.Value.Mode,
            RowsWritten = (ulong)rows,
            LateEvents = (ulong)late,
            DuplicateEvents = (ulong)duplicates,
            UnmatchedOutcomes = (ulong)unmatched,
        };
        var started = (await trips.SinceAsync(clock.GetUtcNow() - TripMemory, cancellationToken)).LastOrDefault(t => t.StartedAt is not null);
        if (started is not null)
        {
            status.LastRetrainAt = started.StartedAt!.Value.ToTimestamp();
            status.LastRetrain = $"{started.Reason} {started.State}: {started.Result}";
        }

        if (state.Last is { } report)
        {
            Fill(status, report);
        }

        return status;
    }

    private static void Fill(DriftStatus status, DriftReport report)
    {
        var window = report.Window;
        status.Verdict = report.Verdict;
        status.Mae = ToMeasure(report.Error, report.Validation.Error);
        status.ViolationRate = ToMeasure(report.Violations, report.Validation.ViolationRate);
        if (report.Probes.Count > 0)
        {
            status.ProbeViolationRate = ToMeasure(report.Probes, 0);
        }

        status.OverAdmission = new() { Value = window.OverAdmission, N = (ulong)window.Admitted };
        status.LabelCoverage = window.Coverage;
        status.ModelVersion = window.ModelVersion;
        if (report.Quiet > 0)
        {
            status.QuietUntil = (window.End + (report.Quiet * (window.End - window.Start))).ToTimestamp();
        }

        foreach (var reading in report.Readings)
        {
            status.Detectors.Add(new Contracts.V1.DetectorState
            {
                Name = reading.Name,
                Statistic = Finite(reading.Statistic),
                Limit = reading.Limit,
                Firing = reading.Firing,
                Ready = reading.Ready,
                Note = reading.Note,
            });
            if (reading.Name.StartsWith(PsiPrefix, StringComparison.Ordinal))
            {
                status.Features.Add(new FeatureDrift { Feature = reading.Name[PsiPrefix.Length..], Psi = reading.Statistic, Limit = reading.Limit, N = (ulong)report.Error.Count });
            }
        }
    }

    private static Contracts.V1.Measure ToMeasure(Detectors.Measure measure, double atValidation) => new()
    {
        Value = Finite(measure.Value),
        Lower = measure.Lower,
        Upper = Finite(measure.Upper),
        Limit = measure.Limit,
        N = (ulong)measure.Count,
        AtValidation = atValidation,
    };

    // Without observations there is no number; n = 0 says so, and JSON has no NaN.
    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    private static int InRange(int value, int unset, int most, string field) => value switch
    {
        0 => unset,
        > 0 when value <= most => value,
        _ => throw InvalidArgument($"{field} is {value}; it must be 1..{most}."),
    };

    private static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));
}
