using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>A model as Limiter and Explainer serve it, to be judged by exactly the code that will run it.</summary>
internal sealed class ServingModel
{
    private ServingModel(string version, TreeEnsemble ensemble)
    {
        Version = version;
        Ensemble = ensemble;
        Predictor = Predictor.Compile(ensemble);
    }

    /// <summary>Its version; empty: not registered yet.</summary>
    public string Version { get; }

    /// <summary>The trees.</summary>
    public TreeEnsemble Ensemble { get; }

    /// <summary>The trees, compiled.</summary>
    public Predictor Predictor { get; }

    /// <summary>Reads LightGBM text.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public static ServingModel Parse(ReadOnlySpan<byte> text, string version = "") => new(version, TreeEnsemble.Parse(text));
}
