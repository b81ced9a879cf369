using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>One client of a replay: what it asks for, is guaranteed and has in its bucket.</summary>
internal struct ReplayClient
{
    private const double BurstSeconds = 2;
    private const double LeastBurst = 10;
    private const double DemandSeconds = 0.5;
    private const double SlewPerSecond = 0.2;

    private double _tokens;
    private double _refilledAt;
    private double _asked;

    /// <summary>Tokens/s asked for lately.</summary>
    public double Demand { get; private set; }

    /// <summary>Tokens/s guaranteed; rises by at most 20 % a second.</summary>
    public double Guarantee { get; private set; }

    /// <summary>Tokens/s that the last split gave.</summary>
    public double Rate { get; private set; }

    /// <summary>Requests of this window.</summary>
    public long Asked { get; private set; }

    /// <summary>Of them, admitted.</summary>
    public long Admitted { get; private set; }

    /// <summary>Takes a token if there is one.</summary>
    public bool TryTake(double now)
    {
        _asked++;
        Asked++;
        Refill(now);
        return _tokens >= 1;
    }

    /// <summary>Counts an admission.</summary>
    public void Admit()
    {
        _tokens--;
        Admitted++;
    }

    /// <summary>Looks at the demand since the last split.</summary>
    /// <param name="prediction">Of the model, tokens/s; NaN: none.</param>
    /// <param name="seconds">Since the last split.</param>
    public void Observe(double prediction, double seconds)
    {
        Demand += ((_asked / seconds) - Demand) * (1 - Math.Exp(-seconds / DemandSeconds));
        _asked = 0;
        Guarantee = double.IsNaN(prediction) || double.IsNaN(Guarantee) || Guarantee == 0
            ? prediction
            : Math.Min(prediction, Guarantee * (1 + (SlewPerSecond * seconds)));
    }

    /// <summary>Takes its part of a split.</summary>
    public void Give(in SplitShare share, double now)
    {
        Refill(now);   // at the old rate
        Rate = share.Rate;
    }

    /// <summary>Begins the next window.</summary>
    public void Close() => (Asked, Admitted) = (0, 0);

    private void Refill(double now)
    {
        var capacity = Math.Max(LeastBurst, BurstSeconds * Rate);
        _tokens = Math.Max(Math.Min(_tokens, capacity), Math.Min(capacity, _tokens + ((now - _refilledAt) * Rate)));
        _refilledAt = now;
    }
}
