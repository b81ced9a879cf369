using System.Collections.Frozen;

namespace RateLimitSuite.Limiter.Control;

/// <summary>The backends by name. A reload keeps those that stay, with what they learnt.</summary>
internal sealed class BackendDirectory
{
    private volatile FrozenDictionary<string, Backend> _backends = FrozenDictionary<string, Backend>.Empty;

    /// <summary>All backends.</summary>
    public IEnumerable<Backend> All => _backends.Values;

    /// <summary>A backend of the present policies.</summary>
    /// <exception cref="KeyNotFoundException">There is none: policies are validated, so this is a bug.</exception>
    public Backend Find(string name) => _backends[name];

    public void Apply(IReadOnlyList<BackendOptions> options)
    {
        var present = _backends;
        var backends = new Dictionary<string, Backend>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            var backend = present.GetValueOrDefault(option.Name) ?? new Backend(option);
            backend.Controller.Options = option;
            backends.Add(option.Name, backend);
        }

        _backends = backends.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
