using System.Runtime.CompilerServices;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Features;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>All that the Limiter knows of one client under one policy: 120 bytes, whatever happens; with a <see cref="ClientSplit"/> 128 beside the key.</summary>
/// <remarks>Guarded by its shard's lock. Fields are public as this is storage; what they mean together is the engine's.</remarks>
internal struct ClientState
{
    /// <summary>Features whose intervals are remembered; vectors with more are predicted afresh each time.</summary>
    public const int RememberedFeatures = 6;

    /// <summary>Who it is; default: nobody any more.</summary>
    public ClientFingerprint Client;

    public TokenBucket Bucket;

    /// <summary>The governing model's last prediction, tokens/s; NaN: none.</summary>
    public double Prediction;

    public ActivityWindow Activity;

    /// <summary>Intervals of the features that <see cref="Prediction"/> was made from.</summary>
    public FeatureIntervals Intervals;

    /// <summary>Which model made <see cref="Prediction"/> and <see cref="Intervals"/>; 0: none.</summary>
    public ushort ModelStamp;

    // 14 bits of policy number under two flags.
    private ushort _policyAndFlags;

    private const ushort InSplitFlag = 0x8000;
    private const ushort GovernedFlag = 0x4000;
    private const ushort PolicyMask = 0x3FFF;

    /// <summary>Number of the policy whose client this is.</summary>
    public int Policy
    {
        readonly get => _policyAndFlags & PolicyMask;
        set => _policyAndFlags = (ushort)(value | (_policyAndFlags & ~PolicyMask));
    }

    /// <summary>Whether the control loop has the client on its list.</summary>
    public bool IsInSplit
    {
        readonly get => (_policyAndFlags & InSplitFlag) != 0;
        set => Set(InSplitFlag, value);
    }

    /// <summary>Whether a model governs the client, so that its prediction is the guaranteed rate.</summary>
    public bool IsGoverned
    {
        readonly get => (_policyAndFlags & GovernedFlag) != 0;
        set => Set(GovernedFlag, value);
    }

    private void Set(ushort flag, bool value) => _policyAndFlags = (ushort)(value ? _policyAndFlags | flag : _policyAndFlags & ~flag);

    [InlineArray(RememberedFeatures)]
    public struct FeatureIntervals
    {
        private ushort _first;
    }
}
