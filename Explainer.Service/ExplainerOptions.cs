using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.Explainer;

/// <summary>What an operator may set of the Explainer (section <c>Explainer</c>).</summary>
internal sealed record ExplainerOptions
{
    public const string Section = "Explainer";

    /// <summary>Share of one core that explaining may use; beyond it decisions are sampled. Default 0.5.</summary>
    [Range(0.01, 64)] public double CpuBudget { get; init; } = 0.5;

    /// <summary>Decisions that may wait to be explained; more are dropped and counted. Default 20,000.</summary>
    [Range(100, 1_000_000)] public int QueueLength { get; init; } = 20_000;

    /// <summary>Feature vectors that interventional SHAP averages over. Default 10,000.</summary>
    [Range(100, 100_000)] public int BackgroundRows { get; init; } = 10_000;

    /// <summary>Rows from which interventional SHAP replaces the path-dependent one. Default 1,000.</summary>
    [Range(10, 100_000)] public int BackgroundMinimum { get; init; } = 1_000;

    /// <summary>How often the background is rebuilt where rows came in. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan BackgroundEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Models kept compiled: champion, challenger, previous and who was asked for last. Default 6.</summary>
    [Range(3, 64)] public int ModelsKept { get; init; } = 6;

    /// <summary>Explanations kept in memory for look-ups before the database has them. Default 20,000.</summary>
    [Range(100, 1_000_000)] public int RecentKept { get; init; } = 20_000;

    /// <summary>Days that stored explanations are kept. Default 7.</summary>
    [Range(1, 365)] public int RetentionDays { get; init; } = 7;

    /// <summary>Days that hourly means are kept. Default 400, a year and some.</summary>
    [Range(1, 3_650)] public int SnapshotDays { get; init; } = 400;

    /// <summary>Listeners of <c>ExplainStream</c> at once. Default 200.</summary>
    [Range(1, 10_000)] public int MaximumListeners { get; init; } = 200;
}
