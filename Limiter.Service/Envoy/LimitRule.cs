using System.IO.Enumeration;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Limiter.Policies;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types.RateLimit.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>One node of a domain's tree of static rules, as the reference server's files have it.</summary>
internal sealed record LimitRule
{
    public string Key { get; init; } = "";

    /// <summary>Null: any value; may hold <c>*</c>.</summary>
    public string? Value { get; init; }

    /// <summary>Null: the node limits nothing itself.</summary>
    public StaticLimit? Limit { get; init; }

    /// <summary>Whether requests over the limit pass all the same.</summary>
    public bool Shadow { get; init; }

    /// <summary>Whether it denies only together with all other rules of this kind that match.</summary>
    public bool Quota { get; init; }

    /// <summary>Whether all values that a pattern matches share one bucket.</summary>
    public bool SharesThreshold { get; init; }

    /// <summary>Given to Envoy with descriptors that pass.</summary>
    public Struct? Metadata { get; init; }

    public IReadOnlyList<LimitRule> Children { get; init; } = [];

    private bool IsPattern => Value?.Contains('*', StringComparison.Ordinal) == true;

    /// <summary>The child for an entry: the exact value first, then patterns in the file's order, then the key alone.</summary>
    public LimitRule? Child(string key, string value)
    {
        LimitRule? pattern = null, any = null;
        foreach (var child in Children)
        {
            if (child.Key != key)
            {
                continue;
            }

            if (child.Value is null)
            {
                any ??= child;
            }
            else if (!child.IsPattern)
            {
                if (child.Value == value)
                {
                    return child;
                }
            }
            else if (pattern is null && FileSystemName.MatchesSimpleExpression(child.Value, value, ignoreCase: false))
            {
                pattern = child;
            }
        }

        return pattern ?? any;
    }

    /// <summary>What the entry's value counts as in the bucket's name.</summary>
    public string BucketValue(string value) => SharesThreshold && IsPattern ? Value! : value;
}

/// <summary>A limit with a fixed number of requests per unit.</summary>
/// <param name="Name">Empty: none given.</param>
/// <param name="Requests">Per unit; 0 blocks always.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Unlimited">Whether nothing is counted at all.</param>
/// <param name="Replaces">Names of rules that are not checked where this one is.</param>
/// <param name="Policy">The bucket: capacity = requests, refilled over the unit; null where unlimited or blocked.</param>
internal sealed record StaticLimit(string Name, uint Requests, Unit Unit, bool Unlimited, IReadOnlyList<string> Replaces, Policy? Policy);
