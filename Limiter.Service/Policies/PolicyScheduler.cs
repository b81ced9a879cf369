namespace RateLimitSuite.Limiter.Policies;

/// <summary>Puts other policies in force when a schedule says so.</summary>
/// <remarks>Woken at the boundary, and at least once a second: a reload may bring an earlier one, and the wall clock may be set.</remarks>
internal sealed partial class PolicyScheduler(PolicyHolder holder, TimeProvider time, ILogger<PolicyScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var left = holder.NextChange - time.GetUtcNow();
            await Task.Delay(left < ShortestWait ? ShortestWait : left < LongestWait ? left : LongestWait, time, stoppingToken);
            if (holder.FollowSchedule())
            {
                LogChanged(string.Join(", ", holder.Current.Policies.Where(policy => policy.Scheduled >= 0).Select(policy => policy.Name)));
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The schedule put other policies in force; off their usual settings now: {Policies}.")]
    private partial void LogChanged(string policies);
}
