namespace RateLimitSuite.ServiceDefaults;

/// <summary>Tells when the service's tables are there.</summary>
public sealed class SuiteDatabase
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when all migrations are applied; fails when they cannot be.</summary>
    public Task Ready => _ready.Task;

    internal void SetReady() => _ready.TrySetResult();

    internal void SetFailed(Exception error)
    {
        _ready.TrySetException(error);
        _ = _ready.Task.Exception;   // Seen: the host ends with it even if nobody waits here.
    }
}
