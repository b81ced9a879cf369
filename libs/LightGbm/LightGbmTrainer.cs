namespace RateLimitSuite.LightGbm;

/// <summary>Trains a model from rows to text in one call.</summary>
public static class LightGbmTrainer
{
    // Metrics of which more is better; of all others less is.
    private static readonly string[] RisingMetrics = ["auc", "average_precision", "auc_mu", "ndcg", "map"];

    /// <summary>Trains until all iterations are done, no split improves the model, or validation has stopped improving.</summary>
    /// <param name="parameters">LightGBM's parameters. For the same model from the same rows: <c>deterministic</c>, <c>force_row_wise</c>,
    /// <c>num_threads</c> and <c>seed</c>.</param>
    /// <param name="training">What to train on.</param>
    /// <param name="validation">What to measure on after each iteration, or null.</param>
    /// <param name="iterations">How many iterations at most.</param>
    /// <param name="earlyStopping">Stop after so many iterations without a better first metric and keep the best; 0: never.</param>
    /// <param name="progress">Told after each iteration, or null.</param>
    /// <param name="cancellationToken">Seen between iterations.</param>
    /// <exception cref="LightGbmException">LightGBM refuses rows or parameters.</exception>
    /// <remarks>Holds the calling thread: give it one of its own.</remarks>
    public static TrainedModel Train(
        LightGbmParameters parameters, TrainingRows training, TrainingRows? validation = null, int iterations = 200, int earlyStopping = 0,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(iterations);
        ArgumentOutOfRangeException.ThrowIfNegative(earlyStopping);
        cancellationToken.ThrowIfCancellationRequested();

        using var trainingData = new Dataset(training, parameters);
        using var validationData = validation is null ? null : new Dataset(validation, parameters, trainingData);
        using var booster = Booster.Create(trainingData, parameters);
        if (validationData is not null)
        {
            booster.AddValidation(validationData);
        }

        var best = Run(booster, validationData is not null, iterations, earlyStopping, progress, cancellationToken);
        return new TrainedModel(booster.Save(best.Iteration), best.Iteration, best.Metric, best.Validation);
    }

    private static Best Run(
        Booster booster, bool hasValidation, int iterations, int earlyStopping, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var metric = hasValidation && booster.GetMetricNames() is [var first, ..] ? first : null;
        var sign = RisingMetrics.Any(rising => metric?.StartsWith(rising, StringComparison.Ordinal) == true) ? -1 : 1;
        var best = new Best(0, metric, null);
        for (var iteration = 1; iteration <= iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!booster.Update())
            {
                // Without a single split, LightGBM leaves one tree that is a constant.
                return iteration == 1 ? best with { Iteration = 1 } : best;
            }

            double? validation = metric is null ? null : booster.EvaluateValidation()[0];
            progress?.Report(new TrainingProgress(iteration, iterations, validation));
            if (earlyStopping == 0 || metric is null || best.Validation is null || sign * validation < sign * best.Validation)
            {
                best = new Best(iteration, metric, validation);
            }
            else if (iteration - best.Iteration >= earlyStopping)
            {
                break;
            }
        }

        return best;
    }

    private readonly record struct Best(int Iteration, string? Metric, double? Validation);
}
