namespace RateLimitSuite.Dashboard.Live;

/// <summary>Bounds the time spent on reading records in full, so that a flood of them is counted and sampled instead of being shown ever later.</summary>
/// <remarks>In each short window the first records are read until half of its time is spent; there is always at least one. Elapsed time counts,
/// not the processor's, so that a busy machine reads fewer. Not thread-safe: one reader owns it.</remarks>
internal sealed class ReadingBudget(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Share = Window / 2;

    private long _windowStart = time.GetTimestamp();
    private TimeSpan _spent;

    /// <summary>Whether the next record is to be read.</summary>
    public bool Admits()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_windowStart, now) >= Window)
        {
            (_windowStart, _spent) = (now, TimeSpan.Zero);
        }

        return _spent < Share;
    }

    /// <summary>What reading one took.</summary>
    public void Spend(TimeSpan span) => _spent += span;
}
