namespace RateLimitSuite.Smoke;

/// <summary>When R and p were back under their limits after a new model had all of the traffic.</summary>
internal sealed class Recovery
{
    /// <summary>What the loop is to do it in, from full share on; and from a trip to the first canary share.</summary>
    public static readonly TimeSpan Goal = TimeSpan.FromSeconds(60);

    /// <summary>What a busy machine is given before the run has failed.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(150);

    /// <summary>When R was seen back; null: not yet.</summary>
    public TimeSpan? ErrorAt { get; private set; }

    /// <summary>When p was.</summary>
    public TimeSpan? ViolationsAt { get; private set; }

    /// <summary>Whether both are so in the window judged last.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes in what was seen.</summary>
    /// <param name="sight">Of the suite.</param>
    /// <param name="newest">The model promoted last: an older one's windows do not count.</param>
    public void Observe(SuiteSight sight, string newest)
    {
        if (sight.Drift is not { Mae: { N: > 0 } error, ViolationRate: { N: > 0 } violations } drift || newest.Length == 0 || drift.ModelVersion != newest)
        {
            return;
        }

        var (errorBack, violationsBack) = (error.Value <= error.Limit, violations.Value <= violations.Limit);
        ErrorAt ??= errorBack ? sight.At : null;
        ViolationsAt ??= violationsBack ? sight.At : null;
        IsWhole = errorBack && violationsBack;
    }
}
