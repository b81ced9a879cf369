namespace Grpc.AspNetCore.Server;

/// <summary>The services that were mapped, for reflection and for telling an unknown method from an unknown service.</summary>
internal sealed class MappedServices
{
    private readonly Lock _lock = new();
    private readonly List<Type> _types = [];
    private readonly HashSet<string> _names = [];
    private bool _unknownServicesMapped;

    public IReadOnlyList<Type> Types
    {
        get
        {
            lock (_lock)
            {
                return [.. _types];
            }
        }
    }

    /// <summary>Notes a service; gives those of its names that are new.</summary>
    public IReadOnlyList<string> Add(Type type, IEnumerable<string> names)
    {
        lock (_lock)
        {
            _types.Add(type);
            return [.. names.Where(_names.Add)];
        }
    }

    /// <summary>True for the first who asks.</summary>
    public bool MapUnknownServices()
    {
        lock (_lock)
        {
            return !_unknownServicesMapped && (_unknownServicesMapped = true);
        }
    }
}
