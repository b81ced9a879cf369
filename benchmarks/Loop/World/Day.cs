namespace RateLimitSuite.Benchmarks.Loop.World;

/// <summary>Time in the simulation: a day takes ten minutes, so that ten days with every hour's rhythm pass in less than two hours of traffic.</summary>
internal static class Day
{
    /// <summary>Length of a day, s.</summary>
    public const double Seconds = 600;

    /// <summary>Hour of day, 0 ≤ hour &lt; 24, at a second of the simulation.</summary>
    public static double HourAt(double second) => second % Seconds / Seconds * 24;
}
