namespace RateLimitSuite.Trainer.Gates;

/// <summary>What one gate said of one model.</summary>
/// <param name="Gate">The gate's name.</param>
/// <param name="Passed">Whether the model may go on.</param>
/// <param name="NumbersJson">Every number it looked at, a JSON object.</param>
/// <param name="Message">In words.</param>
internal sealed record GateOutcome(string Gate, bool Passed, string NumbersJson, string Message)
{
    /// <summary>An outcome whose message depends on whether it passed.</summary>
    public static GateOutcome Of(string gate, bool passed, Numbers numbers, string message) => new(gate, passed, numbers.ToJson(), message);
}
