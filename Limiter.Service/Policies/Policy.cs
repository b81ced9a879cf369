using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>How the clients of a domain that match are limited. Immutable; a reload makes new ones.</summary>
internal sealed record Policy
{
    /// <summary>Unique over all domains.</summary>
    public required string Name { get; init; }

    /// <summary>The domain that selects it.</summary>
    public required string Domain { get; init; }

    /// <summary>Names its buckets where replicas share them, with the domain; unset: the policy's name.</summary>
    public string? BucketName { get; init; }

    /// <summary>Stands for the policy's name in client states; the same name keeps its number over reloads.</summary>
    public int Number { get; init; }

    /// <summary>Which clients: patterns in which <c>*</c> stands for any characters. The first policy that matches is taken.</summary>
    public ClientPatterns Clients { get; init; } = ClientPatterns.Everybody;

    /// <summary>Bounds of the refill rate, tokens/s.</summary>
    public Envelope Envelope { get; init; } = Envelope.Default;

    /// <summary>Refill rate while there is no model, tokens/s.</summary>
    public double FallbackRate { get; init; } = 10;

    /// <summary>Tokens in a full bucket; unset: <see cref="BurstSeconds"/> of the refill rate.</summary>
    public double? Capacity { get; init; }

    /// <summary>Seconds of refill that a full bucket holds, where <see cref="Capacity"/> is unset.</summary>
    public double BurstSeconds { get; init; } = 2;

    /// <summary>Least capacity, tokens, where it follows from <see cref="BurstSeconds"/>: a slow client may still load a page.</summary>
    public double MinimumCapacity { get; init; } = 10;

    /// <summary>Share of its capacity that a new bucket starts with, 0..1.</summary>
    public double ColdStart { get; init; } = 0.5;

    /// <summary>Tokens that a request takes where the caller names no cost.</summary>
    public double Cost { get; init; } = 1;

    /// <summary>What the model may do.</summary>
    public ModelMode Model { get; init; } = ModelMode.On;

    /// <summary>Where <see cref="Model"/> is auto: whether it is on. The same over reloads; null before the policy is in force.</summary>
    public AutoModel? Auto { get; init; }

    /// <summary>Whether a caller's request_volume, avg_latency and hour_of_day are believed.</summary>
    public bool TrustCallerFeatures { get; init; }

    /// <summary>What stands in for caller features that are not given, in schema order.</summary>
    public double[] FeatureDefaults { get; init; } = [.. FeatureSchema.V1.Features.Select(f => f.Default)];

    /// <summary>Who is never throttled.</summary>
    public ClientList Allow { get; init; } = ClientList.Empty;

    /// <summary>Who is always throttled. Looked at before <see cref="Allow"/>.</summary>
    public ClientList Deny { get; init; } = ClientList.Empty;

    /// <summary>False: decisions are made, counted and published, and every request goes on.</summary>
    public bool Enforce { get; init; } = true;

    /// <summary>What happens where no decision can be made.</summary>
    public FailMode FailMode { get; init; } = FailMode.Open;

    /// <summary>Share of clients, 0..1, that are predicted for but not governed by the model.</summary>
    public double HoldoutShare { get; init; }

    /// <summary>Tier weight in the split of the backend.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Share of the backend's parent rate, 0..0.9, that the policy's clients have before any others.</summary>
    public double Reserve { get; init; }

    /// <summary>Share, 0..0.1, of the requests that an empty bucket throttles which go on all the same, drawn by chance, to learn from.</summary>
    public double Probes { get; init; }

    /// <summary>Whether chance moves clients' rates by 8 % for a window, to learn from.</summary>
    public bool Dither { get; init; }

    /// <summary>When other settings are in force.</summary>
    public IReadOnlyList<ScheduleRule> Schedule { get; init; } = [];

    /// <summary>Which rule of <see cref="Schedule"/> made these settings, from 0; -1: none, they are the usual ones.</summary>
    public int Scheduled { get; init; } = -1;

    /// <summary>The backend whose capacity the clients share; empty: none.</summary>
    public string Backend { get; init; } = "";

    /// <summary>Backends that a request may name instead of <see cref="Backend"/>.</summary>
    public IReadOnlyList<string> OtherBackends { get; init; } = [];

    /// <summary>The same policy at each of <see cref="OtherBackends"/>; its clients have a bucket at each.</summary>
    public IReadOnlyList<Policy> Elsewhere { get; init; } = [];

    // Not the canary's salt: who is held out must not follow from who is in a canary.
    private const string HoldoutSalt = "holdout";

    /// <summary>Whether a client is predicted for and not governed.</summary>
    public bool IsHeldOut(ReadOnlySpan<byte> clientIdUtf8) => HoldoutShare > 0 && CanaryMembership.Contains(clientIdUtf8, HoldoutSalt, HoldoutShare);

    /// <summary>Whether a challenger's canary may govern its share of clients: also where <c>auto</c> withdrew the champion, or nothing could replace it.</summary>
    public bool TakesCanaries => Model is ModelMode.On or ModelMode.Auto;

    /// <summary>Whether the champion may govern a client that is not held out.</summary>
    public bool Governs(ReadOnlySpan<byte> clientIdUtf8) => Model switch
    {
        ModelMode.On => true,
        ModelMode.Auto => Auto is null || Auto.Governs(clientIdUtf8, HoldoutShare),
        _ => false,
    };

    /// <summary>The policy as it is at a moment.</summary>
    public Policy At(DateTime utc)
    {
        for (var i = 0; i < Schedule.Count; i++)
        {
            if (Schedule[i].Covers(utc))
            {
                return Schedule[i].Policy with { Schedule = Schedule, Scheduled = i };
            }
        }

        return this;
    }

    /// <summary>The policy at a backend that a request names; null: the policy does not allow it.</summary>
    public Policy? AtBackend(string backend)
    {
        if (backend.Length == 0 || backend == Backend)
        {
            return this;
        }

        foreach (var policy in Elsewhere)
        {
            if (policy.Backend == backend)
            {
                return policy;
            }
        }

        return null;
    }

    /// <summary>The bucket at a refill rate.</summary>
    public Limit LimitAt(double rate) => new(Capacity ?? Math.Max(MinimumCapacity, BurstSeconds * rate), rate);
}
