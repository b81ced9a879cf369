using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Experiments;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>What the hot path and the control loop tell each other about one client of a backend: 24 bytes.</summary>
/// <remarks>Guarded by its shard's lock, and kept beside the <see cref="ClientState"/>: clients without a backend have none. The hot path adds to
/// the first three, which the loop takes back to 0; the loop writes rate and dither.</remarks>
internal struct ClientSplit
{
    /// <summary>Cost offered since the control loop last looked, tokens.</summary>
    public float Demand;

    /// <summary>Cost admitted since then, tokens.</summary>
    public float Admitted;

    /// <summary>Cost of admissions known since then to have failed or come too late, tokens.</summary>
    public float Spoilt;

    /// <summary>Rate that the control loop's split gives, tokens/s; 0: not yet part of a split.</summary>
    public float Rate;

    /// <summary>Weight in the split: tier, less what risk takes.</summary>
    public float Weight;

    /// <summary>What became of the rate in this window.</summary>
    public DitherStep Dither;

    /// <summary>Which model governed the last decision; an <see cref="Arm"/>.</summary>
    public byte ArmCode;

    /// <summary>Probability of <see cref="Dither"/>.</summary>
    public Half DitherPropensity;

    /// <summary>Which model governed the last decision.</summary>
    public Arm Arm
    {
        readonly get => (Arm)ArmCode;
        set => ArmCode = (byte)value;
    }
}
