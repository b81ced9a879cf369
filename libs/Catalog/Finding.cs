namespace RateLimitSuite.Catalog;

/// <summary>What a check of one key of one data set came to.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Key">The key.</param>
/// <param name="Verdict">What came out.</param>
/// <param name="Detail">Both sides, or why nothing could be said.</param>
public sealed record Finding(string Dataset, string Key, Verdict Verdict, string Detail)
{
    /// <summary>Whether this stops a model.</summary>
    /// <param name="strict">Whether what cannot be verified does.</param>
    public bool Fails(bool strict) => Verdict == Verdict.Deviates || (strict && Verdict == Verdict.NotVerifiable);
}
