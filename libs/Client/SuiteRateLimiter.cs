using System.Threading.RateLimiting;

namespace RateLimitSuite.Client;

/// <summary>The Limiter as a <see cref="RateLimiter"/>, so that ASP.NET Core's own middleware, or anything else that takes one, is limited by it.</summary>
/// <remarks>The Limiter is asked over the network: <see cref="RateLimiter.AttemptAcquire"/>, which must not wait, never acquires.
/// A permit is a token of the client's bucket; disposing a lease gives none back.</remarks>
/// <param name="client">Asks.</param>
/// <param name="clientId">Who is limited.</param>
/// <param name="domain">Selects policies; null: the client's default.</param>
/// <param name="time">The clock; null: the system's.</param>
public sealed class SuiteRateLimiter(IRateLimitClient client, string clientId, string? domain = null, TimeProvider? time = null) : RateLimiter
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _lastUse = (time ?? TimeProvider.System).GetTimestamp();
    private long _acquired;
    private long _refused;
    private double _remaining;

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => _time.GetElapsedTime(Interlocked.Read(ref _lastUse));

    /// <summary>A partition of this kind for each key.</summary>
    /// <param name="client">Asks.</param>
    /// <param name="clientId">The key: who is limited.</param>
    /// <param name="domain">Selects policies; null: the client's default.</param>
    public static RateLimitPartition<string> Partition(IRateLimitClient client, string clientId, string? domain = null) =>
        RateLimitPartition.Get(clientId, key => new SuiteRateLimiter(client, key, domain));

    /// <inheritdoc/>
    public override RateLimiterStatistics GetStatistics() => new()
    {
        CurrentAvailablePermits = (long)Math.Max(0, Volatile.Read(ref _remaining)),
        TotalSuccessfulLeases = Interlocked.Read(ref _acquired),
        TotalFailedLeases = Interlocked.Read(ref _refused),
    };

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => SuiteLease.Undecided;

    /// <inheritdoc/>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastUse, _time.GetTimestamp());
        var decision = await client.DecideAsync(new RateLimitRequest(clientId) { Domain = domain, Cost = permitCount }, cancellationToken);
        Volatile.Write(ref _remaining, decision.Remaining);
        Interlocked.Increment(ref decision.Allowed ? ref _acquired : ref _refused);
        return new SuiteLease(decision);
    }
}
