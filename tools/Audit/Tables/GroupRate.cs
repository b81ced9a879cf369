namespace RateLimitSuite.Audit.Tables;

/// <summary>The violation rate of one group of clients.</summary>
/// <param name="Dimension">What the group is of: tier, risk or subnet.</param>
/// <param name="Group">Which.</param>
/// <param name="Decisions">All decisions.</param>
/// <param name="WronglyThrottled">Of these, throttled although there was room.</param>
internal sealed record GroupRate(string Dimension, string Group, long Decisions, long WronglyThrottled)
{
    // 95 %, one-sided.
    private const double Z = 1.645;

    /// <summary>Wrongly throttled / decisions.</summary>
    public double Rate => Decisions == 0 ? 0 : (double)WronglyThrottled / Decisions;

    /// <summary>Wilson's lower bound of it: a few bad decisions of a small group prove nothing.</summary>
    public double Lower
    {
        get
        {
            if (Decisions == 0)
            {
                return 0;
            }

            double n = Decisions, p = Rate;
            return Math.Max(0, (p + (Z * Z / (2 * n)) - (Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n))))) / (1 + (Z * Z / n)));
        }
    }
}
