using System.Runtime.CompilerServices;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>One decision and all that led to it; the feature vector is in the request's span.</summary>
internal struct DecisionRecord
{
    public bool Allowed;
    public DecisionReason Reason;
    public DecidedBy DecidedBy;

    /// <summary>Tokens that the request asked for.</summary>
    public double Cost;

    /// <summary>Tokens that were taken: 0 where throttled, looked at, listed or not enforced.</summary>
    public double Taken;

    /// <summary>Tokens left.</summary>
    public double Remaining;

    /// <summary>Tokens in a full bucket.</summary>
    public double Capacity;

    /// <summary>Zero when allowed, or when no waiting helps.</summary>
    public TimeSpan RetryAfter;

    /// <summary>Tokens/s in force.</summary>
    public double RefillRate;

    /// <summary>The clamped prediction or what stood in for it, tokens/s.</summary>
    public double Guarantee;

    /// <summary>The guarantee after the split and what was lent, tokens/s; before an override.</summary>
    public double EffectiveRate;

    /// <summary>Before the clamp, tokens/s; NaN: no model.</summary>
    public double Prediction;

    /// <summary>The prediction of the model beside, tokens/s; NaN: none.</summary>
    public double BesidePrediction;

    public Arm Arm;

    /// <summary>Whether the request was to be throttled and goes on to learn from.</summary>
    public bool IsProbe;

    /// <summary>What chance made of the rate; in <see cref="RefillRate"/>.</summary>
    public DitherStep Dither;

    /// <summary>Of a probe, the chance with which such a request is one; else the chance of <see cref="Dither"/>; 0: nothing was drawn.</summary>
    public double Propensity;

    /// <summary>Whose <see cref="Prediction"/> it is; null: no model.</summary>
    public LoadedModel? Model;

    /// <summary>Whose <see cref="BesidePrediction"/> it is.</summary>
    public LoadedModel? Beside;

    public Backend? Backend;

    /// <summary>Features of the caller that were replaced: bit i stands for feature i.</summary>
    public ulong IgnoredFeatures;

    /// <summary>Whether the tokens are a slice of a bucket that other replicas share.</summary>
    public bool Leased;

    /// <summary>Where the client is in the table.</summary>
    public ClientHandle Client;

    private List<(ClientHandle Client, double Taken)>? _further;

    /// <summary>What was taken from further buckets for the same request.</summary>
    public List<(ClientHandle Client, double Taken)> Further => _further ??= [];

    /// <summary>Lets the request go on.</summary>
    public void Allow(DecidedBy by, DecisionReason reason)
    {
        Allowed = true;
        DecidedBy = by;
        Reason = reason;
    }

    /// <summary>Turns the request away.</summary>
    public void Throttle(DecidedBy by, DecisionReason reason, TimeSpan retryAfter)
    {
        Allowed = false;
        DecidedBy = by;
        Reason = reason;
        RetryAfter = retryAfter;
        if (by is DecidedBy.Parent or DecidedBy.Inflight)
        {
            Backend!.Controller.Throttled();
        }
    }

    /// <summary>Nothing decided.</summary>
    public static DecisionRecord Empty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]   // Else it is cleared where it is made, word by word, and copied.
        get => new() { Prediction = double.NaN, BesidePrediction = double.NaN, Arm = Arm.None };
    }
}
