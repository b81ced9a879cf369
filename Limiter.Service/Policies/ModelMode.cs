namespace RateLimitSuite.Limiter.Policies;

/// <summary>What a policy lets the model do.</summary>
internal enum ModelMode
{
    /// <summary>The prediction is the client's rate (with a backend: its guaranteed rate).</summary>
    On,

    /// <summary>The model predicts, and something else decides: the comparison costs nobody anything.</summary>
    Shadow,

    /// <summary>No prediction is made.</summary>
    Off,

    /// <summary>On while the hold-out comparison does not show it worse than no model, else shadow, with trials: see <see cref="Control.AutoModel"/>.</summary>
    Auto,
}
