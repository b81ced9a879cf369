using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client;

/// <summary>Asks the Limiter. Safe to use from many threads; requests of all of them share messages of one stream.</summary>
public interface IRateLimitClient
{
    /// <summary>Decides about a request, by the Limiter or, while that is away, by <see cref="RateLimitClientOptions.WhenAway"/>.</summary>
    /// <param name="request">Who asks for what.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">The request cannot be judged: the message names the field, its value and its range.</exception>
    ValueTask<RateLimitDecision> DecideAsync(RateLimitRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reports what became of an admitted request; that is what capacity is found from. Never blocks; decisions of a fallback are ignored.</summary>
    /// <param name="request">The request that was decided.</param>
    /// <param name="decision">Its decision.</param>
    /// <param name="latency">From admission to response.</param>
    /// <param name="outcome">How it ended.</param>
    void Report(RateLimitRequest request, RateLimitDecision decision, TimeSpan latency, OutcomeClass outcome);
}
