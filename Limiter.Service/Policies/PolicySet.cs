using System.Collections.Frozen;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>All policies and backends of one configuration. Immutable; a reload swaps it as a whole.</summary>
internal sealed class PolicySet
{
    /// <summary>The domain of requests that name none.</summary>
    public const string DefaultDomain = "default";

    private readonly FrozenDictionary<string, Policy[]> _domains;

    public PolicySet(IReadOnlyList<Policy> policies, IReadOnlyList<BackendOptions> backends)
    {
        Policies = policies;
        Backends = backends;
        _domains = policies.GroupBy(p => p.Domain).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Policy> Policies { get; }

    /// <summary>Backends by their settings.</summary>
    public IReadOnlyList<BackendOptions> Backends { get; }

    /// <summary>The policies as their schedules have them at a moment.</summary>
    public PolicySet At(DateTime utc) => new([.. Policies.Select(policy => policy.At(utc))], Backends);

    /// <summary>When a schedule next changes one of them, UTC.</summary>
    public DateTime NextChange(DateTime utc) => Policies.SelectMany(policy => policy.Schedule).Select(rule => rule.NextChange(utc)).DefaultIfEmpty(DateTime.MaxValue).Min();

    /// <summary>Whether the domain is configured.</summary>
    public bool HasDomain(string domain) => _domains.ContainsKey(domain);

    /// <summary>The first policy of the domain that matches the client; null: no such domain, or nothing matches.</summary>
    public Policy? Resolve(string domain, ReadOnlySpan<char> client)
    {
        if (!_domains.TryGetValue(domain.Length == 0 ? DefaultDomain : domain, out var policies))
        {
            return null;
        }

        foreach (var policy in policies)
        {
            if (policy.Clients.Match(client))
            {
                return policy;
            }
        }

        return null;
    }
}
