namespace RateLimitSuite.Limiter.Leases;

/// <summary>Where token buckets live.</summary>
internal enum BucketStore
{
    /// <summary>In this process alone.</summary>
    Local,

    /// <summary>In PostgreSQL, shared by all replicas; each spends by leases.</summary>
    Postgres,
}
