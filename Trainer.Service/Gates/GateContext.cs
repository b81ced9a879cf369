using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>What gates judge by.</summary>
internal sealed class GateContext
{
    /// <summary>The model's text, as it will be registered.</summary>
    public required byte[] Text { get; init; }

    /// <summary>The text as the engine wrote it, where the model was drawn in to the envelope afterwards; null: it is <see cref="Text"/>.</summary>
    public string? TrainedText { get; init; }

    /// <summary>full or refit.</summary>
    public required string Kind { get; init; }

    /// <summary>Why it was trained.</summary>
    public required string Reason { get; init; }

    /// <summary>The rows it was trained on and is judged on.</summary>
    public required MetricsRows Rows { get; init; }

    /// <summary>Which of them are which.</summary>
    public required TimeSplit Split { get; init; }

    /// <summary>How it was trained; a refit: how its champion's structure would be trained now.</summary>
    public required TrainingJob Job { get; init; }

    /// <summary>What trained it.</summary>
    public required ITrainingEngine Engine { get; init; }

    /// <summary>The model in use; null: none.</summary>
    public required ServingModel? Champion { get; init; }

    /// <summary>Times and counts.</summary>
    public required LoopProfile Profile { get; init; }

    /// <summary>Bounds.</summary>
    public required TrainerOptions Options { get; init; }

    /// <summary>The model, read by the code that serves it.</summary>
    /// <exception cref="TreeModel.ModelFormatException">It is damaged: the gate <c>loads</c> says so before others ask.</exception>
    public ServingModel Model => field ??= ServingModel.Parse(Text);

    /// <summary>The model's text as characters.</summary>
    public string TextCharacters => field ??= Encoding.UTF8.GetString(Text);

    /// <summary>Predictions of the model on the hold-out.</summary>
    public double[] HoldoutPredictions => field ??= Predictions.Of(Model.Predictor, Rows, Split.HoldoutStart, Rows.Count);

    /// <summary>Predictions of the champion on the hold-out; null: there is none.</summary>
    public double[]? ChampionPredictions => field ??= Champion is null ? null : Predictions.Of(Champion.Predictor, Rows, Split.HoldoutStart, Rows.Count);
}
