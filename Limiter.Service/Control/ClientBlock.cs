using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Control;

/// <summary>What one client asked for and got in a block of time, in tokens.</summary>
internal struct ClientBlock
{
    private bool _mixed;
    private Arm _arm;

    /// <summary>Asked for.</summary>
    public double Demand { get; private set; }

    /// <summary>Admitted.</summary>
    public double Admitted { get; private set; }

    /// <summary>Of what was admitted, now or before: failed or came too late.</summary>
    public double Spoilt { get; private set; }

    /// <summary>Which model governed all the while; unspecified: several, or a list or an override decided.</summary>
    public readonly Arm Arm => _mixed ? Arm.Unspecified : _arm;

    /// <summary>Adds a tick.</summary>
    public void Add(double demand, double admitted, double spoilt, Arm arm)
    {
        if (demand > 0)
        {
            _mixed |= Demand > 0 && arm != _arm;
            _arm = arm;
        }

        Demand += demand;
        Admitted += admitted;
        Spoilt += spoilt;
    }

    /// <summary>Share of what was asked for that was wrongly throttled, failed or came too late, 0..1.</summary>
    /// <param name="fair">The client's fair share, at most what it asked for.</param>
    public readonly double LossAgainst(double fair)
    {
        var wronglyThrottled = Math.Max(0, fair - Admitted);
        return Math.Min(1, (wronglyThrottled + Math.Min(Spoilt, Admitted)) / Demand);
    }
}
