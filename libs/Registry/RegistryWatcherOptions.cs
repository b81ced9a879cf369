namespace RateLimitSuite.Registry;

/// <summary>Options of <see cref="RegistryWatcher"/>.</summary>
public sealed record RegistryWatcherOptions
{
    /// <summary>The configuration section that holds it.</summary>
    public const string Section = "Registry";

    /// <summary>Time between two looks at the registry when no event wakes the watcher. Default 10 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);
}
