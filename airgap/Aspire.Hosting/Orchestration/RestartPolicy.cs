namespace Aspire.Hosting.Orchestration;

/// <summary>How often, and how soon, a crashed process starts again: the delay doubles, the count is bounded, a stable run forgives.</summary>
internal sealed class RestartPolicy(TimeSpan firstDelay, int restartsMax, TimeSpan stableAfter)
{
    /// <summary>Restarts since the last stable run.</summary>
    public int Restarts { get; private set; }

    public int RestartsMax { get; } = restartsMax;

    /// <summary>Notes a crash.</summary>
    /// <param name="ran">How long the process had run.</param>
    /// <returns>The time to wait before the next start; null to give up.</returns>
    public TimeSpan? OnCrash(TimeSpan ran)
    {
        if (ran >= stableAfter)
        {
            Restarts = 0;
        }

        if (Restarts == RestartsMax)
        {
            return null;
        }

        return firstDelay * Math.Pow(2, Restarts++);
    }
}
