namespace RateLimitSuite.LightGbm;

/// <summary>LightGBM refused a call, or its library is missing or unfit; the message says which and why.</summary>
public sealed class LightGbmException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public LightGbmException()
    {
    }

    /// <summary>Creates an exception with LightGBM's own words or ours.</summary>
    public LightGbmException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    public LightGbmException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
