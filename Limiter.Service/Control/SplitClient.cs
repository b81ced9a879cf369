using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Control;

/// <summary>What the control loop remembers of a client between two splits.</summary>
internal struct SplitClient(ClientHandle handle, byte[] idUtf8)
{
    private const double DemandSeconds = 0.5;
    private const double SlewPerSecond = 1.2;

    public readonly ClientHandle Handle = handle;

    /// <summary>The client's id, which the table does not keep: what chance deals and who is held out follow from it.</summary>
    public readonly byte[] IdUtf8 = idUtf8;

    /// <summary>The policy that governed its last decision; null: not yet looked at.</summary>
    public Policy? Policy { get; private set; }

    /// <summary>Which model governed its last decision.</summary>
    public Arm Arm { get; private set; }

    /// <summary>Tokens/s asked for, smoothed over half a second.</summary>
    public double Demand { get; private set; }

    /// <summary>The model's guaranteed rate, tokens/s, which rises by at most 20 % a second and falls freely; NaN: no model's.</summary>
    public double Guarantee { get; private set; } = double.NaN;

    /// <summary>Weight in the split: tier, less what risk takes.</summary>
    public double Weight { get; private set; } = 1;

    /// <summary>When it last asked.</summary>
    public TimeSpan AskedAt { get; private set; }

    /// <summary>What its rate was dealt in this window.</summary>
    public DitherStep Dither { get; private set; }

    /// <summary>The chance of that, 0..1.</summary>
    public double DitherPropensity { get; private set; }

    /// <summary>What it asked for and got in the present block of time.</summary>
    public ClientBlock Block;

    // The guarantee in force at the last split, a model's or not: what a model's rises from.
    private double _guaranteed = double.NaN;

    /// <summary>Takes in what the client asked for since the last tick.</summary>
    public void Ask(double cost, double seconds, TimeSpan now)
    {
        if (cost > 0 || AskedAt == TimeSpan.Zero)
        {
            AskedAt = now;
        }

        var rate = cost / seconds;
        var share = 1 - Math.Exp(-seconds / DemandSeconds);
        Demand += (rate - Demand) * share;
    }

    /// <summary>Takes in what its last decision went by.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="arm">Which model governed.</param>
    /// <param name="weight">Tier, less what risk takes.</param>
    /// <param name="rate">The rate that a model guarantees, tokens/s; NaN: none does.</param>
    /// <param name="seconds">Time since the last tick.</param>
    public void Follow(Policy policy, Arm arm, double weight, double rate, double seconds)
    {
        (Policy, Arm, Weight) = (policy, arm, weight);
        Guarantee = double.IsNaN(_guaranteed) || double.IsNaN(rate) ? rate : Math.Min(rate, _guaranteed * Math.Pow(SlewPerSecond, seconds));
    }

    /// <summary>Notes the guarantee that the split went by.</summary>
    public void Guaranteed(double rate) => _guaranteed = rate;

    /// <summary>Notes what this window's draw made of its rate.</summary>
    public void Dithered(DitherStep step, double propensity) => (Dither, DitherPropensity) = (step, propensity);
}
