namespace RateLimitSuite.Limiter.Experiments;

/// <summary>How much a backend may be asked to serve only to learn from: a bucket of tokens beside all clients' own.</summary>
/// <remarks>
/// The bound is hard: in any time t probes cost at most rate·t + ten seconds of the rate (or one request, if that is more). Long before it
/// bites, the share of requests that are drawn is scaled down to what the budget pays for, so that a probe's propensity stays what it says.
/// Any thread may draw; one caller ticks. A lock, as only the few requests that were drawn come here.
/// </remarks>
internal sealed class ProbeBudget
{
    private const double BurstSeconds = 10;
    private const double SmoothingSeconds = 1;
    private const double UnitsPerToken = 1_000_000;

    private readonly Lock _lock = new();
    private readonly StripedCounter _expectedUnits = new();
    private double _tokens;
    private TimeSpan _refilledAt;
    private double _expectedRate;
    private long _expectedSeen;
    private double _rate;
    private double _scale = 1;
    private long _admitted;
    private double _spent;

    /// <summary>Tokens/s that probes may cost.</summary>
    public double Rate => Volatile.Read(ref _rate);

    /// <summary>What of a policy's probe share is drawn now, 0..1: under 1 where the budget does not pay for all.</summary>
    public double Scale => Volatile.Read(ref _scale);

    /// <summary>Probes since the start.</summary>
    public long Admitted => Volatile.Read(ref _admitted);

    /// <summary>What they cost, tokens.</summary>
    public double Spent
    {
        get
        {
            lock (_lock)
            {
                return _spent;
            }
        }
    }

    /// <summary>Notes a request that may be a probe, by the tokens that such requests will cost on average.</summary>
    public void Expect(double tokens) => _expectedUnits.Add((long)(tokens * UnitsPerToken));

    /// <summary>Pays for a probe, if there is enough.</summary>
    public bool TrySpend(double cost, TimeSpan now)
    {
        lock (_lock)
        {
            Refill(Math.Max(BurstSeconds * _rate, cost), now);
            if (_tokens < cost)
            {
                return false;
            }

            _tokens -= cost;
            _spent += cost;
            _admitted++;
            return true;
        }
    }

    /// <summary>Sets the rate and, from what was expected since the last call, the scale.</summary>
    public void Tick(double rate, double seconds, TimeSpan now)
    {
        var seen = _expectedUnits.Sum;
        var expected = (seen - _expectedSeen) / UnitsPerToken / seconds;
        _expectedSeen = seen;
        _expectedRate += (expected - _expectedRate) * (1 - Math.Exp(-seconds / SmoothingSeconds));
        Volatile.Write(ref _scale, _expectedRate > rate ? rate / _expectedRate : 1);
        lock (_lock)
        {
            Refill(BurstSeconds * _rate, now);
            Volatile.Write(ref _rate, rate);
        }
    }

    // What a greater capacity let in before stays.
    private void Refill(double capacity, TimeSpan now)
    {
        if (now > _refilledAt)
        {
            _tokens = Math.Max(_tokens, Math.Min(capacity, _tokens + (_rate * (now - _refilledAt).TotalSeconds)));
            _refilledAt = now;
        }
    }
}
