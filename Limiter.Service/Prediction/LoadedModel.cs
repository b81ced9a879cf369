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

    public int Stamp { get; } = Interlocked.Increment(ref _lastStamp);

    /// <summary>Decisions it governed, or shadowed, since it was loaded.</summary>
    public long Decisions => _decisions.Sum;

    /// <summary>Counts a decision that its prediction was made for.</summary>
    public void Count() => _decisions.Increment();
}
