namespace RateLimitSuite.Limiter.Control;

/// <summary>Settings of one backend, from the policy file.</summary>
internal sealed record BackendOptions
{
    /// <summary>Unique; key of the backend's events.</summary>
    public required string Name { get; init; }

    /// <summary>Latency that its requests should stay within. Default 250 ms.</summary>
    public TimeSpan Slo { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time after which its callers give up. Default 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time after which an admission that nobody reported leaves the in-flight count. Default 10 s.</summary>
    public TimeSpan OutcomeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Parent rate before any feedback, tokens/s. Default 100.</summary>
    public double InitialRate { get; init; } = 100;

    /// <summary>Least parent rate, tokens/s: below it nothing would be learnt any more. Default 1.</summary>
    public double MinimumRate { get; init; } = 1;

    /// <summary>Greatest parent rate, tokens/s. Default one million.</summary>
    public double MaximumRate { get; init; } = 1_000_000;

    /// <summary>Share of failures in a window from which the backend counts as congested, 0..1. Default 0.1.</summary>
    public double FailureShareMax { get; init; } = 0.1;

    /// <summary>Whether what is left of the parent is lent to clients that ask for more than their guarantee. Default true.</summary>
    public bool Lending { get; init; } = true;

    /// <summary>What probes may cost, as a share of the parent's rate, 0..0.1: a hard bound over all policies. Default 0.01.</summary>
    public double ProbeBudget { get; init; } = 0.01;

    /// <summary>Whether the in-flight cap is in force. Default true.</summary>
    public bool InFlightCap { get; init; } = true;
}
