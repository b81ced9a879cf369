using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>What the trainer says.</summary>
/// <param name="Status">What it is at.</param>
/// <param name="Models">Newest first.</param>
/// <param name="History">Who served what when, newest first.</param>
/// <param name="ChainIntact">Whether the history's hashes add up.</param>
public sealed record TrainerView(TrainerStatus Status, IReadOnlyList<ModelInfo> Models, IReadOnlyList<HistoryEntry> History, bool ChainIntact);
