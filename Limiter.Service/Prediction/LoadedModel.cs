using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>A model that was verified and compiled, ready to predict.</summary>
/// <remarks>The stamp tells the intervals that one model left in a client's state from those of any other loaded since the start.</remarks>
internal sealed class LoadedModel(string version, string sha256, Predictor predictor)
{
    private static int _lastStamp;
    private readonly StripedCounter _decisions = new();

    public string Version { get; } = version;

    public string Sha256 { get; } = sha256;

    public Predictor Predictor { get; } = predictor;

    /// <summary>1..65,535, then from the start again: by then no state remembers the model that had it first.</summary>
    public ushort Stamp { get; } = (ushort)((Interlocked.Increment(ref _lastStamp) - 1) % ushort.MaxValue + 1);

    /// <summary>Decisions it governed, or shadowed, since it was loaded.</summary>
    public long Decisions => _decisions.Sum;

    /// <summary>Counts a decision that its prediction was made for.</summary>
    public void Count() => _decisions.Increment();
}
