namespace RateLimitSuite.Trainer.Training;

/// <summary>Fits a model to rows. Both engines end in LightGBM text and pass the same gates.</summary>
internal interface ITrainingEngine
{
    /// <summary>native or mlnet.</summary>
    string Name { get; }

    /// <summary>Why the engine cannot train now; null: it can. Asked before each training, as a missing library may come later.</summary>
    string? Problem { get; }

    /// <summary>Trains on the calling thread, which is held until the end.</summary>
    /// <returns>LightGBM text, the same for the same job.</returns>
    string Train(TrainingJob job, IProgress<double>? progress, CancellationToken cancellationToken);
}
