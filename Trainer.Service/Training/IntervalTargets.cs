using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>What a model is fitted to where labels are intervals: of each [lo, hi] the point that the model itself would take.</summary>
/// <remarks>
/// <para>Hindsight often knows only a lower bound: a client that was never limited got what it asked for, and could have had more. Its
/// label is then a wide interval whose point y is a guess near the lower end, and a model of the mean of y lies under that end for every
/// other row, although the error R counts nothing inside the interval and everything under it.</para>
/// <para>So the model is fitted to y, every target is moved to the point of its interval that is nearest to the prediction, and that is
/// repeated: the iteration of Buckley and James, Biometrika 66 (1979), for censored data, in its majorise-minimise form. Where lo and hi
/// meet, which is wherever capacity was really found, the target stays the label. Each step goes beyond the nearest point by
/// <see cref="Relaxation"/> (but never out of the interval), as an iteration that only touches the bound comes to rest late.</para>
/// </remarks>
internal static class IntervalTargets
{
    // Targets are smooth in the features: models of a sample find them.
    private const int SampleRows = 50_000;
    private const double Relaxation = 0.9;

    /// <summary>The job with targets in the place of its labels.</summary>
    /// <param name="job">With labels and their intervals.</param>
    /// <param name="engine">What trains.</param>
    /// <param name="passes">How often targets are moved; 0: the labels stay.</param>
    /// <param name="progress">Told of each pass; null: nobody is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static TrainingJob Fit(TrainingJob job, ITrainingEngine engine, int passes, IRunProgress? progress, CancellationToken cancellationToken)
    {
        var sample = TrainingJobs.Sample(job, SampleRows);
        Predictor? model = null;
        for (var pass = 0; pass < passes; pass++)
        {
            progress?.Report("train", 0, $"targets within the labels' intervals, pass {pass + 1} of {passes}");
            sample = model is null ? sample : Move(sample, model);
            model = Predictor.Compile(TreeEnsemble.Parse(engine.Train(sample, null, cancellationToken)));
        }

        return model is null ? job : Move(job, model);
    }

    /// <summary>The target of one row.</summary>
    /// <param name="prediction">The model's, tokens/s.</param>
    /// <param name="low">Lower end of the label, tokens/s.</param>
    /// <param name="high">Upper end, tokens/s; at least <paramref name="low"/>, may be ∞.</param>
    public static double Toward(double prediction, double low, double high)
    {
        var nearest = Math.Clamp(prediction, low, high);
        return Math.Clamp(nearest + (Relaxation * (nearest - prediction)), low, high);
    }

    private static TrainingJob Move(TrainingJob job, Predictor model)
    {
        var targets = new float[job.Rows];
        Span<double> features = new double[job.Schema.Count];
        for (var row = 0; row < targets.Length; row++)
        {
            for (var feature = 0; feature < features.Length; feature++)
            {
                features[feature] = job.Columns[(feature * job.Rows) + row];
            }

            targets[row] = (float)Toward(model.Predict(features), job.Low[row], job.High[row]);
        }

        return job with { Labels = targets };
    }
}
