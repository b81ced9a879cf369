using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

/// <summary>What was promised of all detectors together, over at least 200 seeded runs each.</summary>
public class DetectionTargetTests
{
    private const int Runs = 200;
    private static readonly DateTimeOffset Monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly DriftOptions Options = new();

    [Fact]
    public void Observe_ThirtyDaysAsAtValidation_RetrainsAtMostOnceOnAverage()
    {
        var trips = Enumerable.Range(1, Runs).Sum(seed =>
        {
            var world = new World(seed);
            var detector = new DriftDetector(Options, 24);
            var trips = 0;
            for (var hour = 0; hour < 30 * 24; hour++)
            {
                // A trip that is answered starts a training; the champion stays, and so does its firing until it is calm.
                trips += detector.Observe(world.Next(hour, 0.12, 0.01), new(0.12, 0.01)).Trip is not null ? 1 : 0;
            }

            return trips;
        });

        Assert.True(trips <= Runs, $"{trips} in {Runs} runs");
    }

    [Fact]
    public void Observe_ErrorDoubled_IsFoundWithinTwoWindowsIn95Percent() =>
        Assert.InRange(Share(2, world => hour => world.Next(hour, hour < 48 ? 0.12 : 0.24, 0.01)), 0.95, 1);

    [Fact]
    public void Observe_ViolationsFromTwoToFivePercent_AreFoundWithinTwoWindowsIn95Percent() =>
        Assert.InRange(Share(2, world => hour => world.Next(hour, 0.12, hour < 48 ? 0.02 : 0.05, decisions: 500)), 0.95, 1);

    [Fact]
    public void Observe_ShiftOfOneDeviation_IsFoundByTheChartsIn15WindowsOnAverage()
    {
        const int Baseline = 672;
        var delays = Enumerable.Range(1, Runs).Select(seed =>
        {
            var charts = new ControlCharts(false);
            var normal = new Normal(seed);
            for (var hour = 0; ; hour++)
            {
                var error = 0.12 * Math.Exp(0.1 * (normal.Next() + (hour < Baseline ? 0 : 1)));
                var readings = charts.Read(Monday.AddHours(hour), error, 0.12);
                if (hour == Baseline - 1)
                {
                    charts.Reset();   // Only what comes after counts, as after a promotion.
                }
                else if (hour >= Baseline && readings.Any(r => r.Firing))
                {
                    return hour - Baseline + 1;
                }
            }
        }).ToList();

        Assert.InRange(delays.Average(), 5, 15);
    }

    [Fact]
    public void Observe_ModelPromoted_StartsAfreshAndKeepsQuiet()
    {
        var world = new World(1);
        var detector = new DriftDetector(Options, 24);
        for (var hour = 0; hour < 30; hour++)
        {
            detector.Observe(world.Next(hour, 0.3, 0.01), new(0.12, 0.01));
        }

        var quiet = Enumerable.Range(30, 24).Select(hour => detector.Observe(world.Next(hour, 0.3, 0.01, version: "m2"), new(0.12, 0.01))).ToList();

        Assert.All(quiet, report => Assert.Null(report.Trip));
        Assert.NotNull(detector.Observe(world.Next(54, 0.3, 0.01, version: "m2"), new(0.12, 0.01)).Trip);
    }

    [Fact]
    public void Observe_LabelsMissing_IsUnknownAndNeverHealthy()
    {
        var world = new World(1);
        var detector = new DriftDetector(Options, 0);
        var starved = new List<bool>();
        for (var hour = 0; hour < 4; hour++)
        {
            var report = detector.Observe(world.Next(hour, 0.1, 0.01) with { Admitted = 1000, Reported = 400 }, default);
            Assert.Equal(Contracts.V1.Verdict.Unknown, report.Verdict);
            Assert.Null(report.Trip);
            starved.Add(detector.LabelsStarved);
        }

        Assert.Equal([false, false, true, false], starved);   // said once, at the third
    }

    [Fact]
    public void Observe_ThresholdMode_FiresAtOnceOverTheLastHour()
    {
        var world = new World(1);
        var detector = new DriftDetector(Options with { Mode = DriftOptions.Threshold }, 0);

        Assert.Null(detector.Observe(world.Next(0, 0.12, 0.01), new(0.5, 0.5)).Trip);
        Assert.Equal("mae", detector.Observe(world.Next(1, 0.2, 0.01), new(0.5, 0.5)).Trip?.Name);   // the fixed 0.15, whatever validation said
    }

    private static double Share(int within, Func<World, Func<int, DetectorWindow>> scenario) =>
        Enumerable.Range(1, Runs).Count(seed =>
        {
            var next = scenario(new World(seed));
            var detector = new DriftDetector(Options, 24);
            for (var hour = 0; hour < 48 + within; hour++)
            {
                if (detector.Observe(next(hour), new(0.12, 0.01)).Trip is not null && hour >= 48)
                {
                    return true;
                }
            }

            return false;
        }) / (double)Runs;

    /// <summary>Hourly windows with exponential errors and a common factor per window, as one estimate of capacity serves all its rows.</summary>
    private sealed class World(int seed)
    {
        private const int Rows = 200;   // as few as are judged
        private readonly Random _random = new(seed);
        private readonly Normal _normal = new(seed + 1_000_000);

        // A few in hundreds: as good as binomial, and fast.
        private int Poisson(double mean)
        {
            var count = -1;
            for (var product = 1.0; product > Math.Exp(-mean); product *= _random.NextDouble())
            {
                count++;
            }

            return count;
        }

        public DetectorWindow Next(int hour, double error, double violations, int decisions = 2_000, string version = "m1")
        {
            var sums = new RelativeError();
            var level = error * Math.Exp(0.05 * _normal.Next());
            for (var i = 0; i < Rows; i++)
            {
                // y = 10 exactly known, so that dist / max(y, 1) has the mean asked for.
                sums.Add(10 - (10 * level * -Math.Log(1 - _random.NextDouble())), 10, 10, 10, 1);
            }

            return new(Monday.AddHours(hour), Monday.AddHours(hour + 1), version)
            {
                Error = sums,
                Decisions = decisions,
                WronglyThrottled = Poisson(decisions * violations),
                Admitted = decisions,
                Reported = decisions,
            };
        }
    }
}
