namespace RateLimitSuite.TreeModel;

/// <summary>What an explainer may cost.</summary>
public sealed record TreeExplainerOptions
{
    /// <summary>Bytes that the tables may take. Default 64 MiB.</summary>
    public long TableBytesMax { get; init; } = 64L << 20;

    /// <summary>Whether interaction values will be asked for; their tables take as much again. Default false.</summary>
    public bool WithInteractions { get; init; }
}
