namespace Grpc.Core;

/// <summary>Deadline and cancellation of the served call from which another call is made.</summary>
internal sealed class PropagatedCall(DateTime deadline, CancellationToken cancellationToken) : ContextPropagationToken
{
    public DateTime Deadline { get; } = deadline;

    public CancellationToken CancellationToken { get; } = cancellationToken;
}
