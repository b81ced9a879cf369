using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>The gates that a trained model passes before it sees traffic, in order.</summary>
/// <remarks>A model that does not load cannot be asked anything more; otherwise every gate is asked, so that a rejected model shows
/// all that is wrong with it.</remarks>
internal sealed class OfflineGates(IEnumerable<IOfflineGate> gates)
{
    private readonly IOfflineGate[] _gates = [.. gates];

    /// <summary>Asks the gates.</summary>
    public IReadOnlyList<GateOutcome> Check(GateContext context, IRunProgress progress, CancellationToken cancellationToken)
    {
        var outcomes = new List<GateOutcome>();
        foreach (var gate in _gates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report("gates", (double)outcomes.Count / _gates.Length, gate.Name);
            outcomes.Add(gate.Check(context, cancellationToken));
            if (gate is LoadsGate && !outcomes[^1].Passed)
            {
                break;
            }
        }

        return outcomes;
    }
}
