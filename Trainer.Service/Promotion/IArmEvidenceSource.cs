namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Where live evidence comes from.</summary>
internal interface IArmEvidenceSource
{
    /// <summary>What the arms did in an interval, as far as its windows are closed; null: nobody can say now.</summary>
    Task<Arms?> GetAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
