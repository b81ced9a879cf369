using System.Text;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether training again with the same data, seed and threads gives the same bytes.</summary>
/// <remarks>Up to <see cref="SampleRows"/> rows the training itself is repeated; of more rows a sample is trained twice. A refit has nothing
/// random in it.</remarks>
internal sealed class ReproducibleGate : IOfflineGate
{
    internal const int SampleRows = 40_000;

    /// <inheritdoc/>
    public string Name => "reproducible";

    /// <inheritdoc/>
    public GateOutcome Check(GateContext context, CancellationToken cancellationToken)
    {
        if (context.Kind != ModelKinds.Full)
        {
            return new(Name, true, "{}", "a refit is arithmetic: nothing in it is random");
        }

        var job = TrainingJobs.Sample(context.Job, SampleRows);
        var again = context.Engine.Train(job, null, cancellationToken);
        var first = job.Rows == context.Job.Rows ? context.TrainedText ?? context.TextCharacters : context.Engine.Train(job, null, cancellationToken);
        var same = string.Equals(first, again, StringComparison.Ordinal);
        var numbers = new Numbers().With("rows", job.Rows).With("bytes", Encoding.UTF8.GetByteCount(again)).With("same", same);
        return GateOutcome.Of(Name, same, numbers, same ? "trained again, the bytes are the same" : "trained again, the bytes differ");
    }
}
