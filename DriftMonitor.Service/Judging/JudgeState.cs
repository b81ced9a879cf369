using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>The last judgement, for whoever asks; waiters are told of the next one.</summary>
internal sealed class JudgeState
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DriftReport? _last;

    /// <summary>The last judgement; null: none yet.</summary>
    public DriftReport? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Done when there is a newer judgement than now.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Tells a judgement.</summary>
    public void Set(DriftReport report)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _last = report;
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }
}
