namespace RateLimitSuite.Smoke;

/// <summary>What a smoke run saw.</summary>
internal sealed record SmokeReport
{
    /// <summary>Seconds since the start at which each step was seen, in order.</summary>
    public required IReadOnlyList<(SmokeStep Step, TimeSpan At)> Steps { get; init; }

    /// <summary>The step that did not come in time; null: all did.</summary>
    public SmokeStep? FailedAt { get; init; }

    /// <summary>Why it failed, in words; empty: it did not.</summary>
    public string Problem { get; init; } = "";

    public string VersionBefore { get; init; } = "";

    public string VersionAfter { get; init; } = "";

    /// <summary>R and p when drift was found.</summary>
    public (double Mae, double Violations) Before { get; init; }

    /// <summary>R and p of the newest model at the end.</summary>
    public (double Mae, double Violations) After { get; init; }

    /// <summary>Share of decisions that carried the new version at the end.</summary>
    public double ShareOfNewVersion { get; init; }

    public SuiteSight? Last { get; init; }

    public bool Succeeded => FailedAt is null;

    /// <summary>Time from one step to another; null: one of them was not seen.</summary>
    public TimeSpan? Between(SmokeStep from, SmokeStep to) => At(to) - At(from);

    private TimeSpan? At(SmokeStep step) => Steps.Where(s => s.Step == step).Select(s => (TimeSpan?)s.At).FirstOrDefault();
}
