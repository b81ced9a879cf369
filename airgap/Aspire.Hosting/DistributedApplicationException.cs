namespace Aspire.Hosting;

/// <summary>The application cannot be described, started or published as asked.</summary>
public class DistributedApplicationException : Exception
{
    /// <inheritdoc/>
    public DistributedApplicationException()
    {
    }

    /// <inheritdoc/>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
