using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Decisions;

namespace RateLimitSuite.Limiter;

/// <summary>A policy's decisions by outcome, reason and what decided: a counter each, found by number.</summary>
/// <remarks>A counter of the metrics library looks its four tags up at every decision, which costs more than the decision; these are read when
/// somebody scrapes.</remarks>
internal sealed class PolicyCounts(string policy)
{
    private const int Deciders = 8;
    private const int Reasons = 32;

    private readonly StripedCounter?[] _counters = new StripedCounter?[Reasons * Deciders * 2];

    /// <summary>Decisions, and those throttled.</summary>
    public (long Decisions, long Throttled) Sum
    {
        get
        {
            var (decisions, throttled) = (0L, 0L);
            for (var i = 0; i < _counters.Length; i++)
            {
                var count = Volatile.Read(ref _counters[i])?.Sum ?? 0;
                decisions += count;
                throttled += i % 2 == 0 ? count : 0;
            }

            return (decisions, throttled);
        }
    }

    /// <summary>Decisions for one reason.</summary>
    public long Of(DecisionReason reason)
    {
        var sum = 0L;
        foreach (ref var counter in _counters.AsSpan((int)reason * Deciders * 2, Deciders * 2))
        {
            sum += Volatile.Read(ref counter)?.Sum ?? 0;
        }

        return sum;
    }

    public void Count(in DecisionRecord record)
    {
        ref var counter = ref _counters[(((int)record.Reason * Deciders) + (int)record.DecidedBy) * 2 + (record.Allowed ? 1 : 0)];
        (Volatile.Read(ref counter) ?? Make(ref counter)).Increment();
    }

    /// <summary>All counts with their tags.</summary>
    public IEnumerable<(long Count, KeyValuePair<string, object?>[] Tags)> All()
    {
        for (var i = 0; i < _counters.Length; i++)
        {
            if (Volatile.Read(ref _counters[i]) is { } counter)
            {
                yield return (counter.Sum,
                [
                    new("policy", policy),
                    new("outcome", i % 2 == 0 ? "throttled" : "allowed"),
                    new("reason", ((DecisionReason)(i / 2 / Deciders)).Word()),
                    new("decided_by", ((DecidedBy)(i / 2 % Deciders)).Word()),
                ]);
            }
        }
    }

    private static StripedCounter Make(ref StripedCounter? counter)
    {
        Interlocked.CompareExchange(ref counter, new StripedCounter(), null);
        return counter!;
    }
}
