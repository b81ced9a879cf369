using System.Threading.RateLimiting;
using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Lets only so many requests be under way at once; the others fail at once.</summary>
internal sealed class ConcurrencyStrategy(ConcurrencyLimiterOptions options) : ResilienceStrategy<HttpResponseMessage>, IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(options);

    public void Dispose() => _limiter.Dispose();

    protected override async ValueTask<Outcome<HttpResponseMessage>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<HttpResponseMessage>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await _limiter.AcquireAsync(1, context.CancellationToken);
        return lease.IsAcquired
            ? await callback(context, state)
            : Outcome.FromException<HttpResponseMessage>(new ExecutionRejectedByLimitException(
                $"{options.PermitLimit} requests are under way and {options.QueueLimit} wait; raise RateLimiter.DefaultRateLimiterOptions if that is too few."));
    }

    private sealed class ExecutionRejectedByLimitException(string message) : ExecutionRejectedException(message);
}
