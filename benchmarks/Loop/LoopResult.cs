namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>What a policy came to over the measured days of one seed.</summary>
internal sealed record LoopResult
{
    /// <summary>Tokens served well, within the latency objective.</summary>
    public required double Goodput { get; init; }

    /// <summary>Requests decided.</summary>
    public required long Decided { get; init; }

    /// <summary>Throttled ones.</summary>
    public required long Denied { get; init; }

    /// <summary>Throttled though true capacity and fair share had room.</summary>
    public required long Wrong { get; init; }

    /// <summary>Requests' worth admitted beyond the true capacity.</summary>
    public required double Missed { get; init; }

    /// <summary>Median latency of what was admitted, s.</summary>
    public required double P50 { get; init; }

    /// <summary>99th percentile, s.</summary>
    public required double P99 { get; init; }

    /// <summary>Jain's index of what clients got of their fair share: 1 is perfectly fair.</summary>
    public required double Fairness { get; init; }

    /// <summary>Violation rate as the drift monitor saw it; NaN: nothing watched.</summary>
    public double EstimatedViolations { get; init; } = double.NaN;

    /// <summary>R of the served models; NaN: none.</summary>
    public double Error { get; init; } = double.NaN;

    /// <summary>Models served.</summary>
    public int Models { get; init; }

    /// <summary>Wrong denials of all decisions.</summary>
    public double ViolationRate => (double)Wrong / Math.Max(1, Decided);

    /// <summary>Wrong denials of all denials.</summary>
    public double FalseShare => (double)Wrong / Math.Max(1, Denied);
}
