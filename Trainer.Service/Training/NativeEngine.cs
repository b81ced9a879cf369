using RateLimitSuite.LightGbm;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Native LightGBM through its C API.</summary>
internal sealed class NativeEngine : ITrainingEngine
{
    // Early stopping watches the newest tenth: rows are in time's order, and it is the future that counts.
    private const double ValidationShare = 0.1;

    public string Name => "native";

    public string? Problem => LightGbmLibrary.TryLoad(out var problem) ? null : problem;

    public string Train(TrainingJob job, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var rounds = job.Parameters.EarlyStoppingRounds;
        var validationRows = rounds > 0 ? (int)(job.Rows * ValidationShare) : 0;
        var steps = progress is null ? null : new Steps(progress);
        return LightGbmTrainer.Train(
            ToNative(job), Rows(job, 0, job.Rows - validationRows), validationRows > 0 ? Rows(job, job.Rows - validationRows, job.Rows) : null,
            job.Parameters.Iterations, rounds, steps, cancellationToken).Text;
    }

    private static LightGbmParameters ToNative(TrainingJob job)
    {
        var p = job.Parameters;
        var parameters = new LightGbmParameters
        {
            { "objective", p.Objective },
            { "metric", "l2" },
            { "learning_rate", p.LearningRate },
            { "max_depth", p.DepthMaximum },
            { "num_leaves", p.LeavesMaximum },
            { "min_data_in_leaf", p.LeafRowsMinimum },
            { "seed", p.Seed },
            { "num_threads", p.Threads },
            { "deterministic", true },
            { "force_row_wise", true },
            { "verbosity", -1 },
            { "monotone_constraints", string.Join(',', Enumerable.Range(0, job.Schema.Count).Select(TrainingParameters.Direction)) },
        };
        if (p.HuberAlpha > 0)
        {
            parameters.Add("alpha", p.HuberAlpha);
        }

        var categorical = Enumerable.Range(0, job.Schema.Count).Where(feature => job.Schema.Features[feature].Categorical).ToArray();
        if (categorical.Length > 0)
        {
            parameters.Add("categorical_feature", string.Join(',', categorical));
        }

        return parameters;
    }

    private static TrainingRows Rows(TrainingJob job, int from, int to)
    {
        var features = job.Columns;
        if (to - from < job.Rows)
        {
            features = new double[(to - from) * job.Schema.Count];
            for (var feature = 0; feature < job.Schema.Count; feature++)
            {
                job.Columns.AsSpan(feature * job.Rows + from, to - from).CopyTo(features.AsSpan(feature * (to - from)));
            }
        }

        return new(FeatureMatrix.OfColumns(features, job.Schema.Count), job.Labels.AsMemory(from, to - from), job.Weights.AsMemory(from, to - from), job.Schema.Names);
    }

    // Reports on the training's own thread: Progress<T> would queue every iteration to the pool.
    private sealed class Steps(IProgress<double> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report((double)value.Iteration / value.Iterations);
    }
}
