using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Everything a page shows, of one moment; never changed once made.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Limiter">The limiter's status.</param>
/// <param name="Drift">The drift monitor's.</param>
/// <param name="Trainer">The trainer's.</param>
/// <param name="Explainer">The explainer's.</param>
/// <param name="Clients">Heaviest clients and overrides.</param>
/// <param name="Rates">One point a second, oldest first, ten minutes at most.</param>
/// <param name="Shap">What topic shap-values held.</param>
/// <param name="Sentences">Explanations of the newest decisions in plain words, newest first.</param>
public sealed record Snapshot(
    DateTimeOffset At,
    Answer<LimiterStatus> Limiter,
    Answer<DriftView> Drift,
    Answer<TrainerView> Trainer,
    Answer<ExplainerStatus> Explainer,
    Answer<ClientsView> Clients,
    IReadOnlyList<RatePoint> Rates,
    ShapView Shap,
    IReadOnlyList<Explanation> Sentences)
{
    /// <summary>Why nothing new comes from topic shap-values, as a sentence; empty: nothing is known to be wrong.</summary>
    public string BrokerProblem { get; init; } = "";

    /// <summary>Its pictures, which all pages share.</summary>
    internal PictureCache Pictures { get; } = new();
}
