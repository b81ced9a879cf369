namespace RateLimitSuite.Dashboard.Live;

/// <summary>What one browser tab sees: the newest snapshot, or the one it was paused at.</summary>
/// <remarks>Handlers run on the publisher's thread; pages go over to their own by <c>InvokeAsync</c>.</remarks>
public sealed class LiveView : IDisposable
{
    private readonly SuiteState _state;
    private readonly DashboardMetrics _metrics;
    private Snapshot? _pausedAt;
    private Action? _changed;

    internal LiveView(SuiteState state, DashboardMetrics metrics) => (_state, _metrics) = (state, metrics);

    /// <summary>What to show.</summary>
    public Snapshot Current => _pausedAt ?? _state.Current;

    /// <summary>Whether this tab stands still.</summary>
    public bool IsPaused => _pausedAt is not null;

    /// <summary>There is something new to show.</summary>
    public event Action? Changed
    {
        add
        {
            // Only tabs that listen count as viewers: a page that is rendered once on the server does not.
            if (_changed is null)
            {
                _state.Changed += Push;
            }

            _changed += value;
        }

        remove
        {
            _changed -= value;
            if (_changed is null)
            {
                _state.Changed -= Push;
            }
        }
    }

    /// <summary>Stops or goes on.</summary>
    public void TogglePause()
    {
        _pausedAt = IsPaused ? null : _state.Current;
        _changed?.Invoke();
    }

    /// <summary>Counts what a page did with a snapshot that it was offered.</summary>
    public void Count(bool isDrawn) => _metrics.Offered(isDrawn);

    /// <inheritdoc/>
    public void Dispose() => _state.Changed -= Push;

    private void Push()
    {
        if (!IsPaused)
        {
            _changed?.Invoke();
        }
    }
}
