using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Policies;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types.RateLimit.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Static limits as policies: no model, no lending, a bucket of the whole number that refills over the unit.</summary>
/// <remarks>A bucket instead of a fixed window: over any time t at most number + number·t/unit pass, where windows let twice the number
/// through around their boundary.</remarks>
internal static class StaticPolicies
{
    private const double RateMax = 1e10;

    // Below any rate that a year's unit can make.
    private static readonly Envelope Open = new(-0.001, RateMax);

    // No model looks at them; there are as many as any schema has.
    private static readonly double[] NoFeatures = new double[FeatureSchema.MaximumCount];

    public static Policy Make(PolicyHolder policies, string domain, string path, string name, uint requests, Unit unit) => new()
    {
        Name = name,
        Domain = domain,
        BucketName = $"envoy {path}",
        Number = policies.NumberFor($"envoy:{domain}", path),
        Model = ModelMode.Off,
        Envelope = Open,
        FeatureDefaults = NoFeatures,
        FallbackRate = requests / LimitUnits.Seconds(unit),
        Capacity = requests,
        ColdStart = 1,
    };
}
