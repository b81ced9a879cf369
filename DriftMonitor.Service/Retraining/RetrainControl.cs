namespace RateLimitSuite.DriftMonitor.Retraining;

/// <summary>Decides whether a trip may start a training. Pure: what it knows are the trips of the last days.</summary>
/// <remarks>One at a time; starts apart by the profile's least time, doubled after each rejected candidate in a row up to eightfold
/// (6 h to 48 h in production); at most so many a day; each (model, window) once, so that a replay starts nothing twice.</remarks>
internal sealed class RetrainControl(TimeSpan betweenStarts, int maxPerDay)
{
    private const int MostDoublings = 3;

    /// <summary>The decision for a new trip.</summary>
    /// <param name="key">Model version and window end.</param>
    /// <param name="now">The present.</param>
    /// <param name="trips">Trips of the last three days at least, oldest first.</param>
    public RetrainDecision Decide(string key, DateTimeOffset now, IReadOnlyList<Trip> trips)
    {
        if (trips.Any(t => t.Key == key))
        {
            return RetrainDecision.Known;
        }

        if (trips.Any(t => t.State is Trip.Pending or Trip.Running))
        {
            return RetrainDecision.Busy;
        }

        var started = trips.Where(t => t.StartedAt is not null).ToList();
        if (started.Count == 0)
        {
            return RetrainDecision.Start;
        }

        var rejected = started.AsEnumerable().Reverse().TakeWhile(t => t.State == Trip.Rejected).Count();
        var pause = betweenStarts * (1 << Math.Min(rejected, MostDoublings));
        var last = started[^1].StartedAt!.Value;
        if (now < last + pause)
        {
            return RetrainDecision.CoolingDown;
        }

        return maxPerDay > 0 && started.Count(t => t.StartedAt > now - TimeSpan.FromDays(1)) >= maxPerDay
            ? RetrainDecision.DayFull
            : RetrainDecision.Start;
    }
}
