using Grpc.Core;

namespace Grpc.Net.Client.Configuration;

/// <summary>How failed calls are repeated. Every property must be set.</summary>
public sealed class RetryPolicy
{
    /// <summary>Attempts including the first, at least 2.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary>The longest wait before the first repetition.</summary>
    public TimeSpan? InitialBackoff { get; set; }

    /// <summary>The longest wait before any repetition.</summary>
    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>By how much the wait grows with each repetition.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary>The codes after which a call is repeated.</summary>
    public IList<StatusCode> RetryableStatusCodes { get; } = [];
}
