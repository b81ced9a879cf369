using Microsoft.AspNetCore.Components;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>A page that is drawn anew with every snapshot. A browser that is too slow for that gets fewer, never a queue of them.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private int _pending;

    /// <summary>What this tab sees.</summary>
    [Inject] public required LiveView View { get; set; }

    /// <summary>The snapshot to draw.</summary>
    protected Snapshot Now => View.Current;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the page still waits for.</summary>
    protected virtual void Dispose(bool disposing) => View.Changed -= Refresh;

    /// <inheritdoc/>
    // Runs in the browser's circuit only; the first rendering on the server listens to nothing.
    protected override void OnAfterRender(bool firstRender)
    {
        Interlocked.Exchange(ref _pending, 0);
        if (firstRender)
        {
            View.Changed += Refresh;
        }
    }

    private void Refresh()
    {
        var isFree = Interlocked.Exchange(ref _pending, 1) == 0;
        View.Count(isFree);
        if (isFree)
        {
            _ = InvokeAsync(StateHasChanged);
        }
    }
}
