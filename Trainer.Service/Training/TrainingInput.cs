using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Training;

/// <summary>What a training starts from.</summary>
/// <param name="Rows">What was read.</param>
/// <param name="Split">Training rows and hold-out.</param>
/// <param name="Weighting">Weights of the training rows.</param>
/// <param name="DataHash">Names the rows.</param>
/// <param name="Champion">The model in use; null: none.</param>
/// <param name="Gates">What the gates over the rows said; all passed.</param>
internal sealed record TrainingInput(
    MetricsRows Rows, TimeSplit Split, SampleWeighting Weighting, string DataHash, ServingModel? Champion, IReadOnlyList<GateOutcome> Gates);
