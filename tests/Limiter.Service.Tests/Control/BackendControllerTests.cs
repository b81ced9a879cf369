using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Tests.Control;

public class BackendControllerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly BackendController _controller = new(new BackendOptions { Name = "b" });
    private TimeSpan _now;

    [Fact]
    public void Tick_HealthyAndLimited_GrowsByFourPercentAWindow()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);
        var before = _controller.ParentRate;

        Serve(seconds: 0.5, perSecond: 100, latency: 0.05, wanted: true);

        Assert.Equal(before * 1.04, _controller.ParentRate, 1e-9);
        Assert.Equal(BackendState.Growing, _controller.State);
    }

    [Fact]
    public void Tick_HealthyAndNotLimited_ChangesNothing()
    {
        Serve(seconds: 20, perSecond: 40, latency: 0.05);

        Assert.Equal(100, _controller.ParentRate);
        Assert.Equal(BackendState.Holding, _controller.State);
    }

    [Fact]
    public void Tick_EvenTheFastestIsSlow_CutsToTheCompletionRateAndHolds()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);

        Serve(seconds: 1.5, perSecond: 80, latency: 0.2, wanted: true);
        var afterCut = _controller.ParentRate;
        Serve(seconds: 0.5, perSecond: 30, latency: 0.2, wanted: true);

        Assert.InRange(afterCut, 0.97 * 80, 0.97 * 95);   // by the mean of three windows, of which one was before
        Assert.Equal(afterCut, _controller.ParentRate);
    }

    [Fact]
    public void Tick_OnlyTheMeanIsSlow_DoesNotCut()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);

        Serve(seconds: 3, perSecond: 100, latency: 0.5, fastest: 0.05);

        Assert.Equal(100, _controller.ParentRate);
    }

    [Fact]
    public void Tick_EverythingFails_CutsAtMostByFortyPercentAtATime()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);

        var rates = new List<double> { _controller.ParentRate };
        for (var i = 0; i < 60; i++)
        {
            Serve(seconds: 0.1, perSecond: 100, latency: 0.05, outcome: OutcomeClass.ServerError);
            rates.Add(_controller.ParentRate);
        }

        Assert.Equal(0.6, rates.Zip(rates.Skip(1), (before, after) => after / before).Min(), 1e-9);
        Assert.True(rates[^1] < 0.6 * rates[0]);
    }

    [Fact]
    public void Tick_EverythingFailsFromTheStart_CutsAndCapsAllTheSame()
    {
        Serve(seconds: 6, perSecond: 100, latency: 1, outcome: OutcomeClass.Timeout, wanted: true);

        Assert.True(_controller.ParentRate < 50, $"{_controller.ParentRate}");
        Assert.True(_controller.Cap > 0);
        Assert.Equal(BackendState.Cut, _controller.State);
    }

    [Fact]
    public void Completed_OneReportMuchTooLate_SlowsJudgementForSecondsOnly()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);
        _controller.Admitted(1, _now);
        _controller.Completed(TimeSpan.FromSeconds(0.1), 0.05, OutcomeClass.Ok, 1, _now + TimeSpan.FromSeconds(6));

        Serve(seconds: 20, perSecond: 100, latency: 0.05);

        Assert.InRange(_controller.Cap, 100 * (0.1 + 0.05), 100 * (0.1 + 0.05 + 0.11));
    }

    [Fact]
    public void Tick_NothingReported_HoldsTheRateAndLiftsTheCap()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);
        Assert.True(_controller.Cap > 0);

        for (var i = 0; i < 300; i++)
        {
            _now += Step;
            _controller.Admitted(1, _now);
            _controller.Tick(wanted: true, _now);
        }

        Assert.False(_controller.Observed);
        Assert.Equal(0, _controller.Cap);
        Assert.Equal(BackendState.Unobserved, _controller.State);
    }

    [Fact]
    public void Cap_ReportsComeAtOnce_IsRateTimesFreePlayAndBaseLatency()
    {
        Serve(seconds: 10, perSecond: 100, latency: 0.05);

        Assert.InRange(_controller.Cap, 100 * (0.1 + 0.05), 100 * (0.1 + 0.05 + 0.11));   // reports wait for a tick of 100 ms at most
    }

    [Fact]
    public void IsAtCap_OneRequestOfAnyCost_PassesAnIdleBackend()
    {
        Serve(seconds: 3, perSecond: 100, latency: 0.05);
        for (var i = 0; i < 20; i++)
        {
            _now += Step;
            _controller.Tick(wanted: false, _now);
        }

        Assert.False(_controller.IsAtCap(1_000));
    }

    [Fact]
    public void BaseLatency_Rises_ByOnePercentAMinuteAtMost()
    {
        var latency = new BaseLatency(TimeSpan.FromSeconds(2));
        latency.Add(TimeSpan.FromSeconds(1), 0.1, 200);
        for (var minute = 1; minute <= 20; minute++)
        {
            latency.Add(TimeSpan.FromMinutes(minute), 0.5, 200);
        }

        Assert.InRange(latency.Seconds, 0.1 * 1.05, 0.1 * Math.Pow(1.01, 20));
    }

    [Fact]
    public void BaseLatency_FewerThanAHundredOutcomes_IsNotFixed()
    {
        var latency = new BaseLatency(TimeSpan.FromSeconds(2));

        latency.Add(TimeSpan.FromSeconds(1), 0.1, 99);

        Assert.Equal(0, latency.Seconds);
    }

    // Every request ends within its step and is reported at the step's end; every tenth takes `fastest`.
    private void Serve(
        double seconds, double perSecond, double latency, double? fastest = null, OutcomeClass outcome = OutcomeClass.Ok, bool wanted = false)
    {
        var owed = 0.0;
        for (var t = 0.0; t < seconds - 1e-9; t += Step.TotalSeconds)
        {
            _now += Step;
            owed += perSecond * Step.TotalSeconds;
            for (var i = 0; owed >= 1; i++, owed--)
            {
                var took = fastest is { } quick && i % 10 == 0 ? quick : latency;
                var admittedAt = _now - TimeSpan.FromSeconds(took);
                if (admittedAt < TimeSpan.Zero)
                {
                    admittedAt = TimeSpan.Zero;
                }

                _controller.Admitted(1, admittedAt);
                _controller.Completed(admittedAt, took, outcome, 1, _now);
            }

            _controller.Tick(wanted, _now);
        }
    }
}
