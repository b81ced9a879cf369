using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>Renews this replica's leases twenty times a second, and tells the others that it is there.</summary>
/// <remarks>While PostgreSQL is away slices run out, and policies' fail modes decide; it is asked again all the while. The service is not
/// ready before the other replicas know of it, as nothing is set aside for it to open buckets with until then.</remarks>
internal sealed partial class LeaseKeeper(
    LeaseStore store, LeaseLedger ledger, SharedBuckets shared, LeaseMetrics metrics, SuiteDatabase database, LimiterClock clock, TimeProvider time,
    IOptions<LimiterOptions> options, ILogger<LeaseKeeper> logger) : BackgroundService, IHealthCheck
{
    private const int BatchMax = 1000;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KnownAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(10);

    private readonly List<PendingRenewal> _due = [];
    private TimeSpan? _firstAnnounced;
    private TimeSpan _announcedAt;
    private TimeSpan _answeredAt;
    private TimeSpan _forgotAt;
    private int _replicas;
    private volatile bool _wasKnown;
    private volatile string _problem = "";

    /// <summary>Replicas that were seen in the last minute, this one included.</summary>
    public int Replicas => Volatile.Read(ref _replicas);

    /// <summary>Open slices.</summary>
    public int Leases => ledger.Count;

    /// <summary>Why leases cannot be renewed; empty: they can.</summary>
    public string Problem => _problem;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_wasKnown || shared.IsAway
            ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The other replicas do not know of this one yet."));

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_firstAnnounced is null || _problem.Length > 0)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestFarewell);
        try
        {
            await RenewAsync(leave: true, limit.Token);
            await store.LeaveAsync(options.Value.Replica, limit.Token);
        }
        catch (Exception fault) when (IsAway(fault))
        {
            LogFarewell(fault.Message);   // What is out lapses.
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (database.Ready.IsCompletedSuccessfully)
                {
                    // Not to be cancelled: what a statement under way gives would be lost. It has a time-out of its own.
                    await TurnAsync(CancellationToken.None);
                    Answered();
                }
                else if (clock.Now >= LongestStart)
                {
                    Unanswered("the tables are not there yet");
                }
            }
            catch (Exception fault) when (IsAway(fault) && !stoppingToken.IsCancellationRequested)
            {
                Unanswered(fault.Message);
            }
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        if (_firstAnnounced is null || now - _announcedAt >= AnnounceEvery)
        {
            var replicas = await store.AnnounceAsync(options.Value.Replica, cancellationToken);
            _announcedAt = now;
            _firstAnnounced ??= now;
            Volatile.Write(ref _replicas, replicas);

            // Before the others know, nothing is set aside for this one.
            shared.Replicas = now - _firstAnnounced >= KnownAfter ? replicas : 0;
            _wasKnown |= shared.Replicas > 0;
        }

        await RenewAsync(leave: false, cancellationToken);
        if (now - _forgotAt >= ForgetEvery)
        {
            _forgotAt = now;
            await store.ForgetAsync(cancellationToken);
        }
    }

    private async Task RenewAsync(bool leave, CancellationToken cancellationToken)
    {
        _due.Clear();
        ledger.Prepare(clock.Now, leave, _due);
        for (var from = 0; from < _due.Count; from += BatchMax)
        {
            var batch = _due.GetRange(from, Math.Min(BatchMax, _due.Count - from));
            var sentAt = clock.Now;
            var grants = await store.RenewAsync(
                options.Value.Replica, Math.Max(1, Replicas), [.. batch.Select(pending => pending.Renewal)], cancellationToken);
            metrics.Renewed(batch, grants, clock.Now - sentAt);
            ledger.Book(batch, grants, sentAt);
        }
    }

    private void Answered()
    {
        _answeredAt = clock.Now;
        if (_problem.Length > 0)
        {
            LogBack();
            _problem = "";
        }

        shared.IsAway = false;
    }

    private void Unanswered(string problem)
    {
        metrics.Failed();
        if (_problem.Length == 0)
        {
            LogAway(problem);
        }

        _problem = problem;
        if (clock.Now - _answeredAt >= SharedSlice.FreshFor && (_wasKnown || clock.Now >= LongestStart))
        {
            // Others may have come meanwhile; and without a row nothing is set aside.
            shared.IsAway = true;
            shared.Replicas = 0;
            _firstAnnounced = null;
        }
    }

    private static bool IsAway(Exception fault) => fault is NpgsqlException or OperationCanceledException or TimeoutException or System.Net.Sockets.SocketException;

    [LoggerMessage(LogLevel.Warning, "Shared buckets cannot be renewed; slices run out, then fail modes decide: {Problem}")]
    private partial void LogAway(string problem);

    [LoggerMessage(LogLevel.Information, "Shared buckets are renewed again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Warning, "Slices could not be handed back and lapse: {Problem}")]
    private partial void LogFarewell(string problem);
}
