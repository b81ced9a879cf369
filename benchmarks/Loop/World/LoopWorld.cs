namespace RateLimitSuite.Benchmarks.Loop.World;

/// <summary>Clients and capacity of one seed: the same for every policy that is tried in it.</summary>
internal sealed class LoopWorld
{
    /// <summary>Tokens/s that the backend can do on an ordinary day.</summary>
    public const double NominalCapacity = 200;

    /// <summary>Days simulated; the last three are measured.</summary>
    public const int Days = 10;

    private readonly List<(double From, double To)> _deploys = [];

    /// <summary>Makes the world of a seed.</summary>
    public LoopWorld(int seed, Scenario scenario)
    {
        Seed = seed;
        Scenario = scenario;
        var random = new Random(seed);
        for (var at = Next(random, Day.Seconds / 3); at < Days * Day.Seconds; at += Next(random, Day.Seconds / 3))
        {
            _deploys.Add((at, at + 12 + (random.NextDouble() * 18)));
        }

        Clients = MakeClients(scenario);
    }

    /// <summary>Fixes everything random.</summary>
    public int Seed { get; }

    /// <summary>What the run has to cope with.</summary>
    public Scenario Scenario { get; }

    /// <summary>The clients.</summary>
    public IReadOnlyList<SimulatedClient> Clients { get; }

    /// <summary>Tokens/s that the backend can do at a second: a job takes two fifths each night, deploys half for a while.</summary>
    public double CapacityAt(double second)
    {
        var hour = Day.HourAt(second);
        var nightly = hour is >= 1 and < 5 ? 0.6 : 1;
        var deploy = _deploys.Exists(d => second >= d.From && second < d.To) ? 0.5 : 1;
        var drift = Scenario.Drift && second >= 6 * Day.Seconds ? 0.7 : 1;
        var step = Scenario.Steps && second % 120 >= 60 ? 0.5 : 1;
        var leak = Scenario.Leaks ? 1 - (0.06 * Math.Floor(second / Day.Seconds)) : 1;
        return NominalCapacity * nightly * deploy * drift * step * leak;
    }

    /// <summary>Latency that a dependency adds, s.</summary>
    public double AddedLatencyAt(double second) => Scenario.Slower && second >= 8 * Day.Seconds ? 0.1 : 0;

    /// <summary>Whether an outcome at a second is lost.</summary>
    public bool LosesOutcomeAt(double second) => Scenario.LosesFeedback && second >= (8.5 * Day.Seconds) - 150 && second < (8.5 * Day.Seconds) + 150;

    private static double Next(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    private static List<SimulatedClient> MakeClients(Scenario scenario)
    {
        var heavy = scenario.UnequalCosts ? 3.0 : 1;
        bool Drifted(double second) => scenario.Drift && second >= 5 * Day.Seconds;
        double Diurnal(double second, double mean, double peakHour) =>
            mean * (1 + (0.5 * Math.Cos((Day.HourAt(second) - peakHour) / 24 * 2 * Math.PI)));
        return
        [
            new() { Name = "shop", MaximumRate = 90, Rate = (t, _) => Diurnal(t, Drifted(t) ? 25 : 40, 14), Cost = 1 },
            new() { Name = "app", MaximumRate = 75, Rate = (t, _) => Diurnal(t, Drifted(t) ? 50 : 30, 20), Cost = heavy / (heavy > 1 ? 1.5 : 1) },
            new() { Name = "partner", MaximumRate = 30, Rate = (t, _) => Diurnal(t, 20, 11), Cost = 1 },
            new() { Name = "night-batch", MaximumRate = 120, Rate = (t, _) => Day.HourAt(t) is >= 1 and < 5 ? 120 : 0 },
            new() { Name = "burst-a", MaximumRate = 80, Rate = (_, on) => on ? 80 : 2, Bursts = (6, 30) },
            new() { Name = "burst-b", MaximumRate = 60, Rate = (_, on) => on ? 60 : 2, Bursts = (10, 40), Cost = heavy },
            new() { Name = "abuser", MaximumRate = 1.5 * NominalCapacity, Rate = (_, on) => on ? 1.5 * NominalCapacity : 0, Bursts = (15, 200), Risk = 0.9 },
            new() { Name = "heavy", MaximumRate = 6, Rate = (_, _) => 6, Cost = 3 },
            new() { Name = "newcomer", MaximumRate = 20, Rate = (t, _) => t >= 7 * Day.Seconds ? 20 : 0 },
            new() { Name = "retrying", MaximumRate = 25, Rate = (t, _) => Diurnal(t, 15, 16), Retries = 3 },
            new() { Name = "users", MaximumRate = 0, Rate = (_, _) => 0, Users = 20 },
        ];
    }
}
