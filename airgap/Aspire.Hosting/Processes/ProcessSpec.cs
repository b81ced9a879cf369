namespace Aspire.Hosting.Processes;

/// <summary>A program to be started.</summary>
internal sealed record ProcessSpec
{
    /// <summary>A path, or a name on PATH.</summary>
    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>Added to, or put in place of, AppHost's own variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The signal that ends it in order, without <c>SIG</c>.</summary>
    public string StopSignal { get; init; } = "TERM";

    /// <summary>A text on a line of standard output that says it is ready; null: it is ready at once.</summary>
    public string? ReadyText { get; init; }
}
