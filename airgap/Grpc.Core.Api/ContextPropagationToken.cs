namespace Grpc.Core;

/// <summary>Hands deadline and cancellation of a served call on to calls it makes.</summary>
public abstract class ContextPropagationToken
{
    private protected ContextPropagationToken()
    {
    }
}
