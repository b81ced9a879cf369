namespace RateLimitSuite.Traffic;

/// <summary>Where the run stands. Written by the runner alone; each property is read on its own.</summary>
internal sealed class RunState
{
    public string State { get; set; } = "idle";

    public string Problem { get; set; } = "";

    public string Source { get; set; } = "";

    public TimeSpan Elapsed { get; set; }

    public double? Fraction { get; set; }

    public double Capacity { get; set; }

    public double CapacityFactor { get; set; } = 1;

    public double Load { get; set; }

    public long BadLines { get; set; }

    public IReadOnlyList<string> Faults { get; set; } = [];
}
