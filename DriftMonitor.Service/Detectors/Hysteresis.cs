namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Fires when a measure is surely over its limit in 2 of the last 3 windows, and stops when it stayed well below for 3 in a row.</summary>
/// <remarks>2 of 3 turns a 1 %-per-window false alarm into one per some 5,000 windows; the gap between entering and leaving keeps a
/// measure at its limit from flickering.</remarks>
internal sealed class Hysteresis(double leaveShare)
{
    private const int Memory = 3;
    private const int Enough = 2;

    private readonly Queue<bool> _over = [];
    private int _calm;

    /// <summary>Whether it fires.</summary>
    public bool Firing { get; private set; }

    /// <summary>Whether the last window was over the limit, on its own not enough to fire.</summary>
    public bool Warning { get; private set; }

    /// <summary>Takes in one window.</summary>
    /// <param name="measure">Of the window.</param>
    /// <param name="least">Observations without which the window says nothing.</param>
    public void Observe(in Measure measure, int least)
    {
        if (measure.Count < least || double.IsNaN(measure.Value))
        {
            return;
        }

        Warning = measure.Lower > measure.Limit;
        _over.Enqueue(Warning);
        if (_over.Count > Memory)
        {
            _over.Dequeue();
        }

        _calm = measure.Value < leaveShare * measure.Limit ? _calm + 1 : 0;
        if (_over.Count(o => o) >= Enough)
        {
            Firing = true;
        }
        else if (_calm >= Memory)
        {
            Firing = false;
        }
    }
}
