using RateLimitSuite.Explainer.Background;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Explainer.Models;

/// <summary>One model version, compiled to predict and to explain in both modes. Safe to use from many threads.</summary>
internal sealed class ExplainedModel
{
    private readonly TreeEnsemble _ensemble;
    private readonly Lazy<TreeExplainer> _pathInteractions;
    private Interventional? _interventional;

    public ExplainedModel(string version, TreeEnsemble ensemble, CancellationToken cancellation)
    {
        Version = version;
        _ensemble = ensemble;
        Predictor = Predictor.Compile(ensemble);
        PathDependent = TreeExplainer.PathDependent(ensemble, cancellationToken: cancellation);
        _pathInteractions = new(() => TreeExplainer.PathDependent(ensemble, new TreeExplainerOptions { WithInteractions = true }));
    }

    public string Version { get; }

    public int FeatureCount => _ensemble.FeatureCount;

    public Predictor Predictor { get; }

    public TreeExplainer PathDependent { get; }

    /// <summary>Path-dependent with interactions; its larger tables are built by the first who asks.</summary>
    public TreeExplainer PathInteractions => _pathInteractions.Value;

    /// <summary>The interventional explainer and its background, one swap for both; null until there is a background.</summary>
    public Interventional? OverBackground => Volatile.Read(ref _interventional);

    /// <summary>Compiles for a new background and puts it in use. Slow; requests go on with the former one meanwhile.</summary>
    public void UseBackground(BackgroundSample sample, CancellationToken cancellation) =>
        Volatile.Write(ref _interventional,
            new Interventional(TreeExplainer.Interventional(_ensemble, sample.Rows, cancellationToken: cancellation), sample.Id));

    /// <param name="Explainer">Compiled over the background.</param>
    /// <param name="BackgroundId">Which background.</param>
    internal sealed record Interventional(TreeExplainer Explainer, string BackgroundId);
}
