using RateLimitSuite.Contracts;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>How event-time windows are cut, closed and bounded. Pure numbers: the benchmark sets its own.</summary>
internal sealed record WindowOptions
{
    /// <summary>Windows whose mean is a row's label: those right after the row's own.</summary>
    public const int LabelWindows = 3;

    /// <summary>Length of a window.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A window closes after this long, however many outcomes are missing.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of admissions whose outcomes close a window before that.</summary>
    public double Coverage { get; init; } = 0.9;

    /// <summary>Under this share a backend is unobserved and its windows get no labels.</summary>
    public double LeastCoverage { get; init; } = 0.5;

    /// <summary>No window closes sooner after its end: gateways batch their reports for up to 1 s, replicas their events.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>A client counts in the split for this long after its last request.</summary>
    public TimeSpan ActiveFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Latency that backends are to keep; caps the base latency at half of it.</summary>
    public TimeSpan Slo { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Greatest refill rate that a contract allows, tokens/s: labels and predictions end there.</summary>
    public double GreatestRate { get; init; } = 1000;

    /// <summary>Decisions in unlabelled windows of one partition; more are dropped and counted.</summary>
    public int MaxOpenDecisions { get; init; } = 1_000_000;

    /// <summary>Outcomes that wait for their decision in one partition; more push out the oldest.</summary>
    public int MaxEarlyOutcomes { get; init; } = 100_000;

    /// <summary>Backends of one partition; decisions of more are dropped and counted.</summary>
    public int MaxBackends { get; init; } = 10_000;

    /// <summary>Windows without any event after which a backend's timeline ends instead of counting on.</summary>
    public int MaxIdleWindows { get; init; } = 30;

    /// <summary>The options of a loop profile.</summary>
    public static WindowOptions Of(LoopProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var grace = TimeSpan.FromSeconds(1.5);
        return new()
        {
            Length = profile.Window,
            Timeout = profile.WindowTimeout,
            Grace = grace < profile.WindowTimeout ? grace : profile.WindowTimeout,
        };
    }

    /// <summary>Length in s.</summary>
    internal double Seconds => Length.TotalSeconds;

    /// <summary>Length in µs, the unit of event time.</summary>
    internal long LengthUs => Length.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The window that a moment falls into.</summary>
    internal long IndexOf(long atUs) => Math.DivRem(atUs, LengthUs) is var (index, rest) && rest < 0 ? index - 1 : index;
}
