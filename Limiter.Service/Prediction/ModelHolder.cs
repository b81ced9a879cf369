namespace RateLimitSuite.Limiter.Prediction;

/// <summary>Where decisions find the models: one reference, swapped as a whole. Decisions under way keep the snapshot they began with.</summary>
internal sealed class ModelHolder
{
    private volatile ModelSnapshot _current = ModelSnapshot.Empty;
    private volatile string _problem = "";

    /// <summary>The models in use. Read once a decision; written when the registry changes.</summary>
    public ModelSnapshot Current => _current;

    /// <summary>Why no (newer) model could be loaded; empty: none.</summary>
    public string Problem
    {
        get => _problem;
        set => _problem = value;
    }

    public void Swap(ModelSnapshot snapshot) => _current = snapshot;
}
