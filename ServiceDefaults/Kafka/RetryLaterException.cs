namespace RateLimitSuite.ServiceDefaults;

/// <summary>Thrown by a reader's <see cref="KafkaReader.Handle"/>: the record is good, but something it needs is away; it is handed out again after a pause.</summary>
public sealed class RetryLaterException : Exception
{
    /// <summary>Says what is away.</summary>
    public RetryLaterException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is away and how it showed.</summary>
    public RetryLaterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says nothing; prefer a reason.</summary>
    public RetryLaterException()
    {
    }
}
