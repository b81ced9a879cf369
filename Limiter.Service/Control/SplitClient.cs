using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Control;

/// <summary>What the control loop remembers of a client between two splits.</summary>
internal struct SplitClient(ClientHandle handle, byte[] idUtf8)
{
    private const double DemandSeconds = 0.5;
    private const double SlewPerSecond = 0.2;

    public readonly ClientHandle Handle = handle;

    /// <summary>The client's id, for people who look.</summary>
    public readonly byte[] IdUtf8 = idUtf8;

    /// <summary>Tokens/s asked for, smoothed over half a second.</summary>
    public double Demand { get; private set; }

    /// <summary>Guaranteed rate, tokens/s, which rises by at most 20 % a second and falls freely; NaN: no model's.</summary>
    public double Guarantee { get; private set; } = double.NaN;

    /// <summary>Weight in the split.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>When it last asked.</summary>
    public TimeSpan AskedAt { get; private set; }

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

    public void Guaranteed(double rate, double seconds) =>
        Guarantee = double.IsNaN(Guarantee) || double.IsNaN(rate) ? rate : Math.Min(rate, Guarantee * (1 + SlewPerSecond * seconds));
}
