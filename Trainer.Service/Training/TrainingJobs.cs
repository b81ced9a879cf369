using System.Runtime.InteropServices;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Makes training jobs of rows.</summary>
internal static class TrainingJobs
{
    // Serving clamps to the envelope anyway, so a label beyond it could only teach the model to leave it.
    private const double EnvelopeShare = 0.98;

    // Errors beyond this share of |y − median| count linearly with objective huber.
    private const double HuberQuantile = 0.9;

    /// <summary>A job of rows 0..count-1.</summary>
    public static TrainingJob Of(MetricsRows rows, double[] weights, TrainerOptions options)
    {
        var count = weights.Length;
        var columns = new double[count * rows.Schema.Count];
        for (var feature = 0; feature < rows.Schema.Count; feature++)
        {
            CollectionsMarshal.AsSpan(rows.Features[feature])[..count].CopyTo(columns.AsSpan(feature * count));
        }

        var labels = Inside(rows.Label, count, options);
        var parameters = TrainingParameters.From(options);
        parameters = parameters.Objective == "huber" ? parameters with { HuberAlpha = HuberAlpha(labels) } : parameters;
        return new(
            rows.Schema, columns, labels, Inside(rows.Low, count, options), Inside(rows.High, count, options),
            Array.ConvertAll(weights, weight => (float)weight), parameters);
    }

    /// <summary>The same job with at most so many rows, evenly taken.</summary>
    public static TrainingJob Sample(TrainingJob job, int maximum)
    {
        if (job.Rows <= maximum)
        {
            return job;
        }

        var picked = new int[maximum];
        for (var i = 0; i < maximum; i++)
        {
            picked[i] = (int)((long)i * job.Rows / maximum);
        }

        var columns = new double[maximum * job.Schema.Count];
        for (var feature = 0; feature < job.Schema.Count; feature++)
        {
            for (var i = 0; i < maximum; i++)
            {
                columns[feature * maximum + i] = job.Columns[feature * job.Rows + picked[i]];
            }
        }

        return job with
        {
            Columns = columns, Labels = Pick(job.Labels, picked), Low = Pick(job.Low, picked), High = Pick(job.High, picked), Weights = Pick(job.Weights, picked),
        };
    }

    private static float[] Pick(float[] values, int[] picked) => Array.ConvertAll(picked, row => values[row]);

    private static float[] Inside(List<double> rates, int count, TrainerOptions options)
    {
        var inside = new float[count];
        for (var row = 0; row < count; row++)
        {
            inside[row] = (float)Math.Min(rates[row], options.EnvelopeMaximum * EnvelopeShare);
        }

        return inside;
    }

    private static double HuberAlpha(float[] labels)
    {
        var median = Quantile(labels, 0.5);
        return Math.Max(1e-3, Quantile(Array.ConvertAll(labels, label => Math.Abs(label - median)), HuberQuantile));
    }

    private static float Quantile(float[] values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
