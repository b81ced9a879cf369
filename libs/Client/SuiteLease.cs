using System.Threading.RateLimiting;

namespace RateLimitSuite.Client;

/// <summary>A decision as a lease; its metadata are <see cref="MetadataName.RetryAfter"/> and <see cref="MetadataName.ReasonPhrase"/>.</summary>
internal sealed class SuiteLease(RateLimitDecision decision) : RateLimitLease
{
    /// <summary>Nobody was asked.</summary>
    public static SuiteLease Undecided { get; } = new(new RateLimitDecision(Allowed: false, DecisionSource.Fallback) { Reason = "must_wait" });

    public override bool IsAcquired => decision.Allowed;

    public override IEnumerable<string> MetadataNames =>
        decision.RetryAfter is null ? [MetadataName.ReasonPhrase.Name] : [MetadataName.ReasonPhrase.Name, MetadataName.RetryAfter.Name];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.ReasonPhrase.Name ? decision.Reason
            : metadataName == MetadataName.RetryAfter.Name ? decision.RetryAfter
            : null;
        return metadata is not null;
    }
}
