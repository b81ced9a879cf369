using System.Collections.Frozen;
using System.Net;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>An allow or deny list: client ids, and subnets in CIDR notation.</summary>
internal sealed class ClientList
{
    private readonly FrozenSet<string> _clients;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly IPNetwork[] _subnets;

    public ClientList(IEnumerable<string> clients, IEnumerable<IPNetwork> subnets)
    {
        _clients = clients.ToFrozenSet(StringComparer.Ordinal);
        _lookup = _clients.GetAlternateLookup<ReadOnlySpan<char>>();
        _subnets = [.. subnets];
    }

    /// <summary>A list of nobody.</summary>
    public static ClientList Empty { get; } = new([], []);

    /// <summary>Whether nobody is listed.</summary>
    public bool IsEmpty => _clients.Count == 0 && _subnets.Length == 0;

    /// <summary>Whether a client, or the address it comes from, is listed.</summary>
    public bool Contains(ReadOnlySpan<char> client, IPAddress? address)
    {
        if (_lookup.Contains(client))
        {
            return true;
        }

        if (address is null)
        {
            return false;
        }

        foreach (var subnet in _subnets)
        {
            if (subnet.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
