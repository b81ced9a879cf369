namespace RateLimitSuite.ServiceDefaults;

/// <summary>What a <see cref="KafkaReader"/> reads.</summary>
public sealed record KafkaReaderOptions
{
    /// <summary>The topics, at least one.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The consumer group, or null to read the whole topics in every process.</summary>
    public string? GroupId { get; init; }

    /// <summary>True when <see cref="KafkaReader.StartOf"/> knows the offsets, such as from the transaction that wrote the rows. Default false.</summary>
    public bool OwnOffsets { get; init; }

    /// <summary>How often <see cref="KafkaReader.Tick"/> is called, with records or without. Default 100 ms.</summary>
    public TimeSpan TickEvery { get; init; } = TimeSpan.FromMilliseconds(100);
}
