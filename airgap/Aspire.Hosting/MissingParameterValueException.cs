namespace Aspire.Hosting;

/// <summary>A parameter has no value.</summary>
public class MissingParameterValueException : DistributedApplicationException
{
    /// <inheritdoc/>
    public MissingParameterValueException()
    {
    }

    /// <inheritdoc/>
    public MissingParameterValueException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public MissingParameterValueException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
