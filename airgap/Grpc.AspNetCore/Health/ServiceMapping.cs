namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Which checks count for one service.</summary>
public sealed class ServiceMapping(string name, Func<HealthCheckMapContext, bool> predicate)
{
    /// <summary>The service's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether a check counts.</summary>
    public Func<HealthCheckMapContext, bool>? HealthCheckPredicate { get; } = predicate;

    internal bool Takes(string check, IEnumerable<string> tags) =>
        HealthCheckPredicate?.Invoke(new HealthCheckMapContext(check, tags)) ?? true;
}
