namespace RateLimitSuite.Audit;

/// <summary>Something the caller named cannot be used; the message says where and why.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>A file's line is at fault.</summary>
    public UsageException(string file, long line, string reason)
        : base($"{file}, line {line}: {reason}")
    {
    }
}
