using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Alerts;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Notifications;
using RateLimitSuite.DriftMonitor.Retraining;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>Follows the detector windows: the leader judges new ones and acts, every other replica reads along.</summary>
/// <remarks>What was judged is kept, and judging it again gives the same state, so a restart or another leader goes on where the
/// last one stood. Window, alert and trip are kept in one transaction.</remarks>
internal sealed partial class DriftJudge(
    NpgsqlDataSource database,
    SuiteDatabase tables,
    DriftStore store,
    AlertPublisher publisher,
    AttributionWindow attributions,
    RecentAttributions recent,
    TripStore trips,
    ModelRegistryReader registry,
    LeaderElection election,
    JudgeState state,
    DriftMonitorMetrics metrics,
    LoopProfile profile,
    FeatureSchema schema,
    IOptions<DriftOptions> options,
    TimeProvider clock,
    ILogger<DriftJudge> logger) : BackgroundService
{
    // Restored state reaches this far back: an hour-of-week profile needs its weeks.
    private const int MostRestored = 5_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan TripMemory = TimeSpan.FromDays(4);

    private readonly SideDetectors _side = new(store, attributions, schema, options.Value.ChartsRetrain);
    private readonly RetrainControl _control = new(
        profile.BetweenStarts, options.Value.MaxPerDay ?? (profile.BetweenStarts >= TimeSpan.FromHours(1) ? 4 : 0));

    private DriftDetector _detector = new(options.Value, profile.QuietWindows);
    private DateTimeOffset _judgedThrough = DateTimeOffset.UnixEpoch;
    private Verdict _verdict = Verdict.Unknown;
    private bool _failing;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await tables.Ready.WaitAsync(stoppingToken);
        var pause = profile.DetectorWindow / 20;
        pause = pause < LongestPause ? pause : LongestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            await StepAsync(stoppingToken);
            await PublishAsync(stoppingToken);
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StepAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(stoppingToken);
            if (election.IsLeader)
            {
                while (await JudgeNextAsync(stoppingToken))
                {
                }
            }

            _failing = false;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (NpgsqlException error)
        {
            if (!_failing)
            {
                LogFailing(error.Message);
            }

            _failing = true;
            Forget();
        }
    }

    private async Task PublishAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (election.IsLeader)
            {
                await publisher.PublishAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception error) when (error is NpgsqlException or KafkaException or TimeoutException)
        {
            // It stays to be published; whoever is away has been logged by its own client.
        }
    }

    // Takes in what was judged elsewhere or before.
    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        foreach (var (window, validation, others) in await store.JudgedAsync(_judgedThrough, DateTimeOffset.MaxValue, MostRestored, stoppingToken))
        {
            Accept(_detector.Observe(window, validation, others));
        }
    }

    private async Task<bool> JudgeNextAsync(CancellationToken stoppingToken)
    {
        if (await store.FirstWindowAsync(_judgedThrough, stoppingToken) is not { } first)
        {
            return false;
        }

        var start = Align(first);
        var end = start + profile.DetectorWindow;
        if (!await IsCompleteAsync(end, stoppingToken) || await store.SumAsync(start, end, stoppingToken) is not { } window)
        {
            return false;
        }

        var validation = await ValidationOfAsync(window.ModelVersion, stoppingToken);
        var others = await _side.ReadAsync(window, stoppingToken);
        var report = _detector.Observe(window, validation, others);
        if (!await KeepAsync(report, others, stoppingToken))
        {
            Forget();   // Another leader was faster, and acted.
            return false;
        }

        Accept(report);
        return true;
    }

    // What is kept is the truth: after any doubt the detectors read it again from the start.
    private void Forget()
    {
        _detector = new(options.Value, profile.QuietWindows);
        _judgedThrough = DateTimeOffset.UnixEpoch;
    }

    private async Task<bool> IsCompleteAsync(DateTimeOffset end, CancellationToken stoppingToken)
    {
        var now = clock.GetUtcNow();
        if (now < end)
        {
            return false;
        }

        var overdue = end + profile.WindowTimeout + (4 * profile.Window) + Settling;
        return now >= overdue || await store.IsWrittenAsync(end, now >= end + Settling, stoppingToken);
    }

    private async Task<ValidationNumbers> ValidationOfAsync(string version, CancellationToken stoppingToken)
    {
        var model = version.Length == 0 ? null : await registry.GetAsync(version, stoppingToken);
        return new(model?.Mae ?? 0, model?.ViolationRate ?? 0);
    }

    private async Task<bool> KeepAsync(DriftReport report, IReadOnlyList<DetectorReading> others, CancellationToken stoppingToken)
    {
        var now = clock.GetUtcNow();
        var key = $"{report.Window.ModelVersion}@{report.Window.End.ToUnixTimeMilliseconds()}";
        var decision = report.Trip is null
            ? (RetrainDecision?)null
            : _control.Decide(key, now, await trips.SinceAsync(now - TripMemory, stoppingToken));
        await using var connection = await database.OpenConnectionAsync(stoppingToken);
        await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
        if (!await DriftStore.KeepAsync(connection, report, others, stoppingToken))
        {
            return false;
        }

        var begins = report.Verdict == Verdict.Drift && _verdict != Verdict.Drift;
        if (begins || decision == RetrainDecision.Start)
        {
            var alert = AlertOf(report, now, decision) with { RequestIds = recent.Read().RequestIds };
            await AlertStore.AddAsync(connection, alert, stoppingToken);
            metrics.Alerted(alert.Name);
            LogAlert(alert.Message, alert.FollowedBy);
            if (decision == RetrainDecision.Start)
            {
                await TripStore.AddAsync(connection, key, alert.Id, now, alert.Message, stoppingToken);
            }
        }

        if (_detector.LabelsStarved)
        {
            await AlertStore.AddAsync(connection, Starvation(report, now), stoppingToken);
            metrics.Alerted("label_starvation");
        }

        if (_detector.LabelsDoubted)
        {
            await AlertStore.AddAsync(connection, Doubted(report, now), stoppingToken);
            metrics.Alerted("label_disagreement");
        }

        await transaction.CommitAsync(stoppingToken);
        return true;
    }

    private void Accept(DriftReport report)
    {
        _judgedThrough = report.Window.End;
        _verdict = report.Verdict;
        metrics.Observe(report);
        state.Set(report);
    }

    private DateTimeOffset Align(DateTimeOffset at) => at - TimeSpan.FromTicks((at - DateTimeOffset.UnixEpoch).Ticks % profile.DetectorWindow.Ticks);

    private static AlertRecord AlertOf(DriftReport report, DateTimeOffset now, RetrainDecision? decision)
    {
        var spoke = report.Trip ?? report.Readings.First(r => r is { Firing: true, Retrains: true });
        var n = spoke.Name == "violation" ? report.Violations.Count : report.Error.Count;
        return new()
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            Name = "drift",
            Severity = "critical",
            Message = FormattableString.Invariant(
                $"{spoke.Name} {spoke.Statistic:0.###} over {spoke.Limit:0.###} (n = {n}) in the window up to {report.Window.End.UtcDateTime:HH:mm:ss} UTC."),
            Detector = spoke.Name,
            Value = Finite(spoke.Statistic),
            Limit = spoke.Limit,
            Count = n,
            ModelVersion = report.Window.ModelVersion,
            FollowedBy = decision switch
            {
                RetrainDecision.Start => "retraining asked for",
                RetrainDecision.Busy => "a retraining is under way",
                RetrainDecision.CoolingDown => "too soon after the last start",
                RetrainDecision.DayFull => "as many retrainings as a day may have",
                _ when report.Window.ModelVersion.Length == 0 => "no model to retrain",
                _ => "quiet after a promotion",
            },
        };
    }

    private static AlertRecord Starvation(DriftReport report, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        At = now,
        Name = "label_starvation",
        Severity = "warning",
        Message = FormattableString.Invariant($"Only {report.Window.Coverage:P0} of the admissions were reported, for the third window in a row: nothing can be judged."),
        Detector = "coverage",
        Value = report.Window.Coverage,
        Limit = 0.5,
        Count = report.Window.Admitted,
        ModelVersion = report.Window.ModelVersion,
    };

    private static AlertRecord Doubted(DriftReport report, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        At = now,
        Name = "label_disagreement",
        Severity = "warning",
        Message = FormattableString.Invariant(
            $"Labels tell a violation rate of {report.Violations.Value:P2} of {report.Violations.Count} decisions, {report.Probes.Count} probes one of {report.Probes.Value:P2}: what labels say of the model is in doubt."),
        Detector = "probes",
        Value = Finite(report.Readings.FirstOrDefault(r => r.Name == "probes")?.Statistic ?? 0),
        Limit = report.Readings.FirstOrDefault(r => r.Name == "probes")?.Limit ?? 0,
        Count = report.Probes.Count,
        ModelVersion = report.Window.ModelVersion,
    };

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    [LoggerMessage(LogLevel.Warning, "Drift cannot be judged now, the windows wait: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(LogLevel.Warning, "Drift: {Message} {FollowedBy}.")]
    private partial void LogAlert(string message, string followedBy);
}
