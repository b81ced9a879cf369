using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Tests.Control;

public class InFlightCapTests
{
    private const double Latency = 0.05;
    private const double Delay = 0.5;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly InFlightCap _cap = new();
    private readonly Queue<double> _unreported = [];
    private TimeSpan _now;
    private double _inFlight;

    [Fact]
    public void Tokens_NothingKnown_IsTheRateTimesFreePlayLatencyAndDelay() =>
        Assert.Equal(200 * (0.1 + 0.05 + 0.5), _cap.Tokens(200, Latency, Delay), 1e-9);

    [Fact]
    public void Tokens_ServedAtTheParentsRate_AllowsForEverythingUnreported()
    {
        Run(seconds: 5, admitted: 200, served: 200);

        Assert.Equal(200 * (0.1 + 0.05 + 0.5), _cap.Tokens(200, Latency, Delay), 1e-9);
    }

    [Fact]
    public void Tokens_CapacityHalved_FallsAsSoonAsReportsCanShowIt()
    {
        Run(seconds: 5, admitted: 200, served: 200);
        Run(seconds: 0.4, admitted: 200, served: 100);
        var unseen = _cap.Tokens(200, Latency, Delay);

        Run(seconds: 1, admitted: 200, served: 100);

        Assert.Equal(200 * 0.65, unseen, 1e-9);   // all reports are of the time before
        Assert.InRange(_cap.Tokens(200, Latency, Delay), 200 * 0.15 + (100 * 0.5) - 1e-9, 200 * 0.15 + (120 * 0.5));
    }

    [Fact]
    public void Tokens_BurstAfterQuiet_AllowsForAllOfItUnreported()
    {
        Run(seconds: 5, admitted: 5, served: 5);

        Run(seconds: 0.4, admitted: 200, served: 200);   // reports still come at 5/s

        Assert.Equal(200 * 0.65, _cap.Tokens(200, Latency, Delay), 1e-9);
    }

    [Fact]
    public void Tokens_NeverReported_StaysFinite()
    {
        Run(seconds: 60, admitted: 200, served: 0);

        Assert.Equal(200 * 0.15, _cap.Tokens(200, Latency, Delay), 1e-9);
    }

    // What is served is reported half a second later.
    private void Run(double seconds, double admitted, double served)
    {
        for (var t = 0.0; t < seconds - 1e-9; t += Step.TotalSeconds)
        {
            _now += Step;
            _inFlight += admitted * Step.TotalSeconds;
            _unreported.Enqueue(served * Step.TotalSeconds);
            if (_unreported.Count > 5)
            {
                var reported = _unreported.Dequeue();
                _inFlight -= reported;
                _cap.Done(reported);
            }

            _cap.Tick(_inFlight, _now);
        }
    }
}
