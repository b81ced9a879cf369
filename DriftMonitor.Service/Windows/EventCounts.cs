namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Events that were not simply taken in, by cause.</summary>
internal sealed class EventCounts
{
    /// <summary>Decisions taken in.</summary>
    public long Decisions { get; set; }

    /// <summary>Outcomes joined to their decision.</summary>
    public long Outcomes { get; set; }

    /// <summary>Decisions whose window had closed, and outcomes whose window was labelled.</summary>
    public long Late { get; set; }

    /// <summary>Events that had come before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Outcomes whose decision never came.</summary>
    public long Unmatched { get; set; }

    /// <summary>Events beyond a bound on memory.</summary>
    public long Dropped { get; set; }

    /// <summary>Events that break the contract: no client, negative cost, a time in the future.</summary>
    public long Malformed { get; set; }
}
