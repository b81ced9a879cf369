namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>A backend's capacity in one window, tokens/s, as its neighbours in time narrow it down.</summary>
/// <param name="Lower">Sure to be there.</param>
/// <param name="Upper">Not more than this.</param>
internal readonly record struct CapacityInterval(double Lower, double Upper)
{
    /// <summary>Where nothing showed an upper bound, capacity is taken to be at most this multiple of the lower one: its middle is 1.25.</summary>
    public const double UnboundedFactor = 1.5;

    /// <summary>No bound at all.</summary>
    public static CapacityInterval Unknown { get; } = new(0, double.PositiveInfinity);

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown => Lower > 0;

    /// <summary>The estimate Ĉ.</summary>
    public double Middle => (Lower + Upper) / 2;

    /// <summary>1: pinned; low: a guess; 0: unknown.</summary>
    public double Quality => IsKnown ? Lower / Upper : 0;

    /// <summary>Closes the interval: bounds that contradict each other span it, and a missing upper one follows the lower.</summary>
    public CapacityInterval Closed()
    {
        var (lower, upper) = Lower <= Upper ? (Lower, Upper) : (Upper, Lower);
        return new(lower, Math.Min(upper, UnboundedFactor * lower));
    }
}
