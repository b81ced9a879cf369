using RateLimitSuite.LightGbm.Native;

namespace RateLimitSuite.LightGbm;

public sealed partial class Booster
{
    private const int TrainingData = 0;

    /// <summary>Adds rows on which <see cref="EvaluateValidation"/> measures the model. Their dataset must refer to the training's.</summary>
    public void AddValidation(Dataset validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        NativeMethods.Check(NativeMethods.BoosterAddValidData(_handle, validation.Handle));
        _handle.KeepAlive(validation.Handle);
    }

    /// <summary>Trains one more iteration.</summary>
    /// <returns>False if no split improves the model any more: training is over.</returns>
    public bool Update()
    {
        NativeLog.RegisterThread();
        NativeMethods.Check(NativeMethods.BoosterUpdateOneIteration(_handle, out var isFinished));
        return isFinished == 0;
    }

    /// <summary>Takes the last iteration back.</summary>
    public void RollBack() => NativeMethods.Check(NativeMethods.BoosterRollbackOneIteration(_handle));

    /// <summary>The names of the metrics, in the order of the evaluations; empty with <c>metric=none</c>.</summary>
    public unsafe IReadOnlyList<string> GetMetricNames()
    {
        var count = CountMetrics();
        return count == 0
            ? []
            : NativeStrings.Read(
                count,
                (int length, out int read, nuint bufferLength, out nuint neededLength, byte** buffers) =>
                    NativeMethods.Check(NativeMethods.BoosterGetEvalNames(_handle, length, out read, bufferLength, out neededLength, buffers)));
    }

    /// <summary>Every metric on the training rows.</summary>
    public double[] EvaluateTraining() => Evaluate(TrainingData);

    /// <summary>Every metric on validation rows.</summary>
    /// <param name="index">Which, in the order they were added.</param>
    public double[] EvaluateValidation(int index = 0) => Evaluate(TrainingData + 1 + index);

    /// <summary>Makes a model with the same trees whose leaf values fit new rows.</summary>
    /// <param name="rows">The new rows.</param>
    /// <param name="decay">Share of the old leaf value that is kept, 0..1: new = decay × old + (1 - decay) × fitted.</param>
    /// <param name="parameters">The training's parameters; regularisation and objective are used again.</param>
    /// <remarks>Counts in the trees stay those of the first training. A leaf that no new row falls into shrinks towards 0 by the decay, which
    /// is LightGBM's way. Takes 8 bytes × rows × trees of memory while it runs: refit to a sample where that is too much.</remarks>
    public unsafe Booster Refit(TrainingRows rows, double decay, LightGbmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (!(decay is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "decay must be 0..1.");
        }

        var refitParameters = new LightGbmParameters(parameters) { { "refit_decay_rate", decay } };
        var leaves = PredictLeaves(rows.Features);
        using var dataset = new Dataset(rows, refitParameters);
        var refitted = Create(dataset, refitParameters);
        try
        {
            NativeMethods.Check(NativeMethods.BoosterMerge(refitted._handle, _handle));
            fixed (int* start = leaves)
            {
                NativeMethods.Check(NativeMethods.BoosterRefit(refitted._handle, start, rows.Features.Rows, Trees));
            }

            return refitted;
        }
        catch
        {
            refitted.Dispose();
            throw;
        }
    }

    private int CountMetrics()
    {
        NativeMethods.Check(NativeMethods.BoosterGetEvalCounts(_handle, out var count));
        return count;
    }

    private unsafe double[] Evaluate(int data)
    {
        var results = new double[CountMetrics()];
        fixed (double* start = results)
        {
            NativeMethods.Check(NativeMethods.BoosterGetEval(_handle, data, out _, start));
        }

        return results;
    }
}
