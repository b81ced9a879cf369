namespace RateLimitSuite.Trainer.Runs;

/// <summary>Holds the training under way and at most one that waits; every further request joins the one that waits.</summary>
internal sealed class TrainingQueue(TrainingLog log, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private volatile TrainingRun? _current;
    private volatile TrainingRun? _pending;
    private volatile TrainingRun? _last;

    /// <summary>The run under way; null: none.</summary>
    public TrainingRun? Current => _current;

    /// <summary>The run that waits for its turn; null: none.</summary>
    public TrainingRun? Pending => _pending;

    /// <summary>The run that ended last; null: none since the start.</summary>
    public TrainingRun? Last => _last;

    /// <summary>Whether nothing is under way or waiting.</summary>
    public bool IsIdle => _current is null && _pending is null;

    /// <summary>Asks for a training.</summary>
    /// <param name="reason">drift, nightly, manual or first.</param>
    /// <param name="detail">More of why.</param>
    /// <param name="key">What tripped it: a key that was used before gets the run it got then. Empty: none.</param>
    /// <param name="force">Do not wait between starts.</param>
    /// <param name="cancellationToken">Stops before the request is written down.</param>
    /// <returns>The run to follow: a new one, one that waits already, or the earlier one of the same key.</returns>
    public async Task<TrainingRun> RequestAsync(string reason, string detail, string key, bool force, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var run = new TrainingRun(Guid.CreateVersion7(time.GetUtcNow()).ToString(), reason, detail, force, time);
            if (await log.AddAsync(run.Id, key, reason, detail, cancellationToken) is { } earlier)
            {
                return Earlier(earlier);
            }

            if (_pending is not { } pending)
            {
                Put(run);
                return run;
            }

            pending.Join(force);
            await log.FinishAsync(run.Id, "folded", "", $"folded into {pending.Id}", cancellationToken);
            return pending;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes up what was cut off: all of it becomes one run, the one that waits already or else the newest.</summary>
    /// <returns>That run; null: nothing was cut off.</returns>
    public async Task<TrainingRun?> RecoverAsync(CancellationToken cancellationToken)
    {
        // A request that comes meanwhile must wait: it would be overwritten here, and stay unfinished for ever.
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var waiting = _pending;
            var unfinished = (await log.UnfinishedAsync(cancellationToken)).Where(record => record.RunId != waiting?.Id).ToList();
            if (unfinished.Count == 0)
            {
                return null;
            }

            var newest = unfinished[^1];
            var run = waiting ?? new TrainingRun(newest.RunId, newest.Reason, newest.Detail, force: true, time);
            foreach (var cutOff in unfinished.Where(record => record.RunId != run.Id))
            {
                await log.FinishAsync(cutOff.RunId, "folded", "", $"cut off; folded into {run.Id}", cancellationToken);
            }

            run.Join(force: true);
            if (waiting is null)
            {
                Put(run);
            }

            return run;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Waits for a run. It stays the one that waits until <see cref="Begin"/>.</summary>
    public async Task<TrainingRun> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_pending is { } run)
            {
                return run;
            }

            await _arrived.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Makes the run that waits the one under way; from now on requests make a new one.</summary>
    public void Begin(TrainingRun run)
    {
        _current = run;
        _pending = null;
    }

    /// <summary>Ends the run under way.</summary>
    public void End(TrainingRun run, string step, string message)
    {
        run.End(step, message);
        _last = run;
        _current = null;
    }

    /// <summary>Lets everything go: another process leads now, and finds the requests in the database.</summary>
    public void Abandon()
    {
        foreach (var run in (TrainingRun?[])[_current, _pending])
        {
            run?.End("failed", "this trainer no longer leads; the request is kept and run by the one that does");
        }

        _current = _pending = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _changing.Dispose();
        _arrived.Dispose();
    }

    private void Put(TrainingRun run)
    {
        run.Report("waiting", 0, run.Detail);
        _pending = run;
        if (_arrived.CurrentCount == 0)
        {
            _arrived.Release();
        }
    }

    private TrainingRun Earlier(TrainingRecord earlier)
    {
        if (_current?.Id == earlier.RunId)
        {
            return _current;
        }

        if (_pending is { } pending && (pending.Id == earlier.RunId || earlier.Result == "folded"))
        {
            return pending;
        }

        var run = new TrainingRun(earlier.RunId, earlier.Reason, earlier.Detail, force: false, time);
        run.End(earlier.Result == "promoted" ? "done" : earlier.Result is "rejected" ? "rejected" : "failed", $"ran before: {earlier.Result} {earlier.Message}");
        return run;
    }
}
