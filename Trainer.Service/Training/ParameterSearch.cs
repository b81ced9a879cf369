using System.Globalization;
using System.Text;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Looks for parameters that err less, by random search within a time budget.</summary>
/// <remarks>Each try trains on a sample of the older training rows and is asked for the newer ones; the hold-out is not looked at. The first
/// try is what the options say, so the search never ends with worse than that. What is drawn depends on the seed alone; how many tries
/// there are depends on the machine, and the parameters that won are kept with the model.</remarks>
internal sealed class ParameterSearch(ITrainingEngine engine, TimeProvider time)
{
    private const int SampleRows = 50_000;
    private const int TriesMaximum = 50;
    private const double Asked = 0.2;
    private const int EmbargoShare = 100;   // a hundredth of the rows between the two: labels reach into later windows

    /// <summary>The best parameters found.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">One for each training row, from the first.</param>
    /// <param name="options">What to begin with, the budget and the seed.</param>
    /// <param name="progress">Told of each try.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public TrainingParameters Find(MetricsRows rows, double[] weights, TrainerOptions options, IRunProgress progress, CancellationToken cancellationToken)
    {
        var best = TrainingParameters.From(options);
        var asked = (int)(weights.Length * (1 - Asked));
        var older = asked - (asked / EmbargoShare);
        if (options.SearchTime <= TimeSpan.Zero || older < options.LeafRowsMinimum)
        {
            return best;
        }

        var job = TrainingJobs.Sample(TrainingJobs.Of(rows, weights[..older], options), SampleRows);
        job = IntervalTargets.Fit(job, engine, options.IntervalPasses, progress, cancellationToken);
        best = job.Parameters;
        var least = double.PositiveInfinity;
#pragma warning disable CA5394 // Seeded on purpose: the same seed draws the same tries.
        var random = new Random(options.Seed);
        var started = time.GetTimestamp();
        for (var attempt = 0; attempt < TriesMaximum; attempt++)
        {
            var spent = time.GetElapsedTime(started);
            if (attempt > 0 && spent >= options.SearchTime)
            {
                break;
            }

            var tried = attempt == 0 ? job.Parameters : Draw(job.Parameters, random);
            var model = ServingModel.Parse(Encoding.UTF8.GetBytes(engine.Train(job with { Parameters = tried }, null, cancellationToken)));
            var error = Predictions.Error(rows, asked, Predictions.Of(model.Predictor, rows, asked, weights.Length)).Value;
            if (error < least)
            {
                (best, least) = (tried, error);
            }

            progress.Report("train", Math.Min(1, spent / options.SearchTime), string.Create(
                CultureInfo.InvariantCulture, $"search: {attempt + 1} tries, R {least:F4} at best"));
        }
#pragma warning restore CA5394

        return best;
    }

    // Trees as deep as configured at most, as the cost of a decision grows with them; fewer and quicker steps, or more and slower ones.
    private static TrainingParameters Draw(TrainingParameters given, Random random)
    {
        var leaves = (int)Math.Round(Math.Exp(Uniform(random, Math.Log(Math.Min(7, given.LeavesMaximum)), Math.Log(given.LeavesMaximum))));
        return given with
        {
            LearningRate = Math.Exp(Uniform(random, Math.Log(0.4), Math.Log(2))) * given.LearningRate,
            LeavesMaximum = Math.Clamp(leaves, 2, given.LeavesMaximum),
            LeafRowsMinimum = (int)Math.Round(Math.Exp(Uniform(random, Math.Log(0.5), Math.Log(10))) * given.LeafRowsMinimum),
        };
    }

    private static double Uniform(Random random, double low, double high) => low + ((high - low) * random.NextDouble());
}
