using System.Collections.Concurrent;

namespace Grpc.Net.ClientFactory;

/// <summary>Which client type has which name, to refuse one name for two types and to recognise gRPC clients.</summary>
internal sealed class ClientNames
{
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.Ordinal);

    public bool Contains(string? name) => name is not null && _types.ContainsKey(name);

    public void Add(string name, Type type)
    {
        var known = _types.GetOrAdd(name, type);
        if (known != type)
        {
            throw new InvalidOperationException($"The gRPC client name '{name}' of {type} is taken by {known}: give one of them another name.");
        }
    }
}
