using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class ProbeEstimateTests
{
    private const double Limit = 0.02;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_ProbesOfOnePropensity_IsTheSumOfServedOverPropensityPerDecision()
    {
        var estimate = ProbeEstimate.Of(Window(probes: 200, served: 50, propensity: 0.01, decisions: 100_000), Limit);

        Assert.Equal(0.05, estimate.Value, 1e-12);                        // 50 / 0.01 / 100,000
        Assert.Equal(Wilson.Lower(50, 1_000, 1.6448536269514722), estimate.Lower, 1e-12);   // of 100,000 decisions 1 % would have been probes
        Assert.Equal(Wilson.Upper(50, 1_000, 1.6448536269514722), estimate.Upper, 1e-12);
        Assert.Equal(200, estimate.Count);
    }

    [Fact]
    public void Of_ProbesNotReported_WeighAsTheReportedOnesDid()
    {
        var probes = Probes(100, 40, 0.01);
        for (var i = 0; i < 100; i++)
        {
            probes.Admit(0.01);
        }

        var estimate = ProbeEstimate.Of(Window(probes, 100_000), Limit);

        Assert.Equal(0.08, estimate.Value, 1e-12);   // 40 % of the 20,000 that 200 probes stand for
        Assert.Equal(100, estimate.Count);
    }

    [Fact]
    public void Of_ProbesOfUnequalPropensities_CountsFewerThanThereAre()
    {
        var probes = Probes(100, 50, 0.5);
        probes.Add(Probes(100, 50, 0.01));

        var estimate = ProbeEstimate.Of(Window(probes, 100_000), Limit);

        // 100,000 · (200 + 10,000) / (100 · 2² + 100 · 100²): hardly more than the rare ones alone.
        const double Trials = 1_019.59;
        Assert.Equal(Wilson.Lower(0.051 * Trials, Trials, 1.6448536269514722), estimate.Lower, 1e-6);
    }

    [Fact]
    public void Of_MoreDeniedThanTheBackendHadRoomFor_CountsNoMoreThanTheRoom()
    {
        // Half of all requests were denied, and each probe among them was served: one more was no burden, all of them would have been.
        var window = Window(probes: 500, served: 500, propensity: 0.01, decisions: 100_000) with { Headroom = 1_000 };

        var estimate = ProbeEstimate.Of(window, Limit);

        Assert.Equal((0.01, 0.01, 0.01), (estimate.Value, estimate.Lower, estimate.Upper));
    }

    [Fact]
    public void Of_NoProbes_SaysNothing()
    {
        var window = Window(new ProbeSums(), 5_000);

        Assert.False(ProbeEstimate.IsReady(window));
        Assert.Equal(new DriftMonitor.Detectors.Measure(0, 0, 1, Limit, 0), ProbeEstimate.Of(window, Limit));
    }

    [Theory]
    [InlineData(99, 5_000, false)]
    [InlineData(100, 999, false)]
    [InlineData(100, 1_000, true)]
    public void IsReady_ByProbesAndDecisions_NeedsBoth(int probes, long decisions, bool expected) =>
        Assert.Equal(expected, ProbeEstimate.IsReady(Window(probes, 10, 0.01, decisions)));

    [Fact]
    public void Of_TrueRatesOver200Seeds_IntervalHoldsTheTruthInNineOfTen()
    {
        // 30,000 decisions, 6,000 of them denied or probed, 1,500 of these wrongly: 5 %.
        var held = Enumerable.Range(1, 200).Count(seed =>
        {
            var random = new Random(seed);
            var probes = new ProbeSums();
            for (var denied = 0; denied < 6_000; denied++)
            {
                if (random.NextDouble() < 0.05)
                {
                    probes.Admit(0.05);
                    probes.Report(0.05, ok: random.NextDouble() < 0.25);
                }
            }

            var estimate = ProbeEstimate.Of(Window(probes, 30_000), Limit);
            return estimate.Lower <= 0.05 && 0.05 <= estimate.Upper;
        });

        // One bound each side at 95 %: 180 of 200 are meant; 168 are as good as never missed by chance.
        Assert.InRange(held, 168, 200);
    }

    [Fact]
    public void Observe_LabelsSayViolationsAndProbesDoNot_NeitherTripsNorIsHealthy()
    {
        var detector = new DriftDetector(new DriftOptions(), 0);

        var reports = Enumerable.Range(0, 4).Select(hour => detector.Observe(Hour(hour, wrong: 500, served: 0), default)).ToList();

        Assert.All(reports, report => Assert.Null(report.Trip));
        Assert.Equal(Verdict.Warning, reports[^1].Verdict);
        Assert.True(Reading(reports[^1], "probes").Firing);
    }

    [Fact]
    public void Observe_LabelsAndProbesSayViolations_Trips()
    {
        var detector = new DriftDetector(new DriftOptions(), 0);

        var reports = Enumerable.Range(0, 2).Select(hour => detector.Observe(Hour(hour, wrong: 500, served: 50), default)).ToList();

        Assert.Equal("violation", reports[^1].Trip?.Name);
        Assert.False(Reading(reports[^1], "probes").Firing);
    }

    [Fact]
    public void Observe_TooFewProbes_LabelsDecideAlone()
    {
        var detector = new DriftDetector(new DriftOptions(), 0);

        var reports = Enumerable.Range(0, 2).Select(hour => detector.Observe(Hour(hour, wrong: 500, served: 0, probes: 99), default)).ToList();

        Assert.Equal("violation", reports[^1].Trip?.Name);
        Assert.False(Reading(reports[^1], "probes").Ready);
    }

    [Fact]
    public void Observe_ProbesSayTwiceWhatLabelsSay_DoubtsTheLabelsOnce()
    {
        var detector = new DriftDetector(new DriftOptions(), 0);

        var doubted = Enumerable.Range(0, 4).Select(hour =>
        {
            detector.Observe(Hour(hour, wrong: 100, served: 150), default);   // 1 % by labels, 15 % by probes
            return detector.LabelsDoubted;
        }).ToList();

        Assert.Equal([false, true, false, false], doubted);   // in two of three windows; said when it begins
    }

    private static DetectorReading Reading(DriftReport report, string name) => report.Readings.Single(r => r.Name == name);

    private static DetectorWindow Hour(int hour, long wrong, int served, int probes = 200) =>
        Window(probes, served, 0.1, 10_000) with
        {
            Start = Start.AddHours(hour), End = Start.AddHours(hour + 1), ModelVersion = "m1", WronglyThrottled = wrong, Error = new RelativeError(),
        };

    private static DetectorWindow Window(int probes, int served, double propensity, long decisions) => Window(Probes(probes, served, propensity), decisions);

    private static DetectorWindow Window(ProbeSums probes, long decisions) => new(Start, Start.AddHours(1), "m1")
    {
        Probes = probes,
        Decisions = decisions,
        Admitted = decisions,
        Reported = decisions,
        Headroom = decisions,
    };

    private static ProbeSums Probes(int count, int served, double propensity)
    {
        var probes = new ProbeSums();
        for (var i = 0; i < count; i++)
        {
            probes.Admit(propensity);
            probes.Report(propensity, ok: i < served);
        }

        return probes;
    }
}
