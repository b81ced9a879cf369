using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Background;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.Explainer.Narration;

namespace RateLimitSuite.Explainer;

/// <summary>Gathers what this replica says of itself.</summary>
internal sealed class ExplainerStatusReader(ModelShelf shelf, BackgroundWindow window, ExplainerMetrics metrics, IOptions<NarratorOptions> narrator)
{
    public ExplainerStatus Read()
    {
        var status = new ExplainerStatus
        {
            Replica = Environment.MachineName,
            ChampionVersion = shelf.Champion,
            Mode = shelf.Background is null ? ShapModes.PathDependent : ShapModes.Interventional,
            BackgroundId = shelf.Background?.Id ?? "",
            BackgroundRows = (uint)window.Count,
            Explained = metrics.ExplainedCount,
            SampledOut = metrics.SampledOutCount,
            Published = metrics.PublishedCount,
            Stored = metrics.StoredCount,
            Failed = metrics.FailedCount,
            ExplainedPerSecond = metrics.Means.Read().Count / 60.0,
            Problem = shelf.Problem,
            Narrator = narrator.Value.Url is null ? "" : narrator.Value.Model,
        };
        status.LoadedVersions.Add(shelf.LoadedVersions);
        return status;
    }
}
