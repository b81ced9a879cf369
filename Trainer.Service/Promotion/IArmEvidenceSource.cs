namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Where live evidence comes from.</summary>
internal interface IArmEvidenceSource
{
    /// <summary>What the arms did in an interval, as far as its windows are closed; null: nobody can say now.</summary>
    /// <param name="from">Start of the interval.</param>
    /// <param name="to">Its end.</param>
    /// <param name="block">Length of the blocks that it is cut into as well; an interval of more than a thousand is given without blocks.</param>
    /// <param name="cancellationToken">Stops the question.</param>
    Task<Arms?> GetAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan block, CancellationToken cancellationToken);
}
