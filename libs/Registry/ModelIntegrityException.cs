namespace RateLimitSuite.Registry;

/// <summary>A model's text is not the one that was registered: it must not be used, and somebody should look.</summary>
public sealed class ModelIntegrityException(string version, string expected, string actual)
    : Exception($"Model {version} has SHA-256 {actual}, but {expected} was registered. It is refused.")
{
    /// <summary>The model.</summary>
    public string Version { get; } = version;
}
