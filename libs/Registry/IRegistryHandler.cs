namespace RateLimitSuite.Registry;

/// <summary>What a service does when the served models change.</summary>
public interface IRegistryHandler
{
    /// <summary>Brings the service to the snapshot: loads what is new, lets go of what is gone.</summary>
    /// <remarks>Called by one caller at a time, at the start and after each change. If it throws, it is called again with the
    /// snapshot of the next look.</remarks>
    Task ApplyAsync(RegistrySnapshot snapshot, CancellationToken cancellationToken);
}
