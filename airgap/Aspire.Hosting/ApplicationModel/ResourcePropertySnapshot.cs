namespace Aspire.Hosting.ApplicationModel;

/// <summary>One fact about a running resource, as <c>executable.pid</c>.</summary>
public sealed record ResourcePropertySnapshot(string Name, object? Value);
