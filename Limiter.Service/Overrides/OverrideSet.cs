using System.Collections.Frozen;
using System.Net;

namespace RateLimitSuite.Limiter.Overrides;

/// <summary>The overrides in force at one moment. Immutable.</summary>
/// <remarks>One for a client wins over one for a subnet, the longer prefix over the shorter, the newer over the older.</remarks>
internal sealed class OverrideSet
{
    private readonly FrozenDictionary<string, (string Domain, ActiveOverride Effect)[]> _byClient;
    private readonly (IPNetwork Subnet, string Domain, ActiveOverride Effect)[] _bySubnet;

    /// <param name="overrides">Newest first.</param>
    public OverrideSet(IReadOnlyList<StoredOverride> overrides)
    {
        _byClient = overrides.Where(o => o.ClientId.Length > 0).GroupBy(o => o.ClientId)
            .ToFrozenDictionary(g => g.Key, g => g.Select(o => (o.Domain, o.Effect)).ToArray(), StringComparer.Ordinal);
        _bySubnet = [.. overrides.Where(o => o.Subnet is not null).Select(o => (Subnet: o.Subnet!.Value, o.Domain, o.Effect)).OrderByDescending(o => o.Subnet.PrefixLength)];
        All = overrides;
    }

    /// <summary>No override.</summary>
    public static OverrideSet Empty { get; } = new([]);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<StoredOverride> All { get; }

    /// <summary>The override of a client's request; null: none.</summary>
    public ActiveOverride? Find(string domain, string client, IPAddress? address)
    {
        if (All.Count == 0)
        {
            return null;
        }

        if (_byClient.TryGetValue(client, out var found))
        {
            foreach (var (of, effect) in found)
            {
                if (of.Length == 0 || of == domain)
                {
                    return effect;
                }
            }
        }

        return address is null ? null : FindBySubnet(domain, address);
    }

    private ActiveOverride? FindBySubnet(string domain, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var (subnet, of, effect) in _bySubnet)
        {
            if ((of.Length == 0 || of == domain) && subnet.Contains(plain))
            {
                return effect;
            }
        }

        return null;
    }
}
