namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>The plain token bucket of the peers.</summary>
internal sealed class Bucket
{
    private const double BurstSeconds = 2;
    private const double LeastCapacity = 10;

    private double _tokens = LeastCapacity;
    private double _at;

    /// <summary>Tokens/s.</summary>
    public double Rate { get; set; }

    /// <summary>Takes a request's tokens if they are there.</summary>
    public bool TryTake(double cost, double now)
    {
        _tokens = Math.Min(Math.Max(LeastCapacity, BurstSeconds * Rate), _tokens + ((now - _at) * Rate));
        _at = now;
        if (_tokens < cost)
        {
            return false;
        }

        _tokens -= cost;
        return true;
    }
}
