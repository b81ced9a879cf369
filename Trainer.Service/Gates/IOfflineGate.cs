namespace RateLimitSuite.Trainer.Gates;

/// <summary>One condition that a model must meet before it sees traffic.</summary>
internal interface IOfflineGate
{
    /// <summary>Its name, as the registry keeps it.</summary>
    string Name { get; }

    /// <summary>Judges the model, on the calling thread.</summary>
    GateOutcome Check(GateContext context, CancellationToken cancellationToken);
}
