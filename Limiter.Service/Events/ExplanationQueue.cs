using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Decisions that wait to be explained: throttled ones before allowed ones, each with a bound of its own.</summary>
internal sealed class ExplanationQueue(IOptions<LimiterOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0, 1);

    public BoundedQueue<Decision> Throttled { get; } = new(options.Value.ExplanationQueue);

    public BoundedQueue<Decision> Allowed { get; } = new(options.Value.ExplanationQueue);

    /// <summary>Takes a decision over; false: there was no room for it, and it stays the caller's.</summary>
    public bool TryOffer(Decision decision)
    {
        if (!(decision.Allowed ? Allowed : Throttled).TryAdd(decision))
        {
            return false;
        }

        if (_arrived.CurrentCount == 0)
        {
            Wake();
        }

        return true;
    }

    /// <summary>Takes up to so many, throttled ones first; waits until there is one.</summary>
    public async Task TakeAsync(List<Decision> into, int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (into.Count < most && (Throttled.TryTake(out var decision) || Allowed.TryTake(out decision)))
            {
                into.Add(decision);
            }

            if (into.Count > 0)
            {
                return;
            }

            await _arrived.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _arrived.Dispose();

    private void Wake()
    {
        try
        {
            _arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke the reader.
        }
    }
}
