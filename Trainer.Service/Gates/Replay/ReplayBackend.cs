using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>One queue in virtual time, first come first served, whose reports come half a second late to the Limiter's own controller.</summary>
internal sealed class ReplayBackend(BackendController controller, int seed)
{
    private const double BaseLatency = 0.02;
    private const double ReportDelay = 0.5;

    private readonly Random _random = new(seed);
    private readonly Queue<(double ReportedAt, double AdmittedAt, double Latency, OutcomeClass Class)> _reports = new();
    private double _freeAt;
    private double _lastEnd;

    /// <summary>Latencies of what was admitted, s.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Serves a request of one token.</summary>
    /// <returns>Whether it was served within the latency objective.</returns>
    public bool Serve(double now, double capacity)
    {
        controller.Admitted(1, TimeSpan.FromSeconds(now));
        var timeout = controller.Options.Timeout.TotalSeconds;
        var latency = timeout;
        if (_freeAt - now < timeout)   // Who finds a longer queue gives up in it, and costs nothing.
        {
            _freeAt = Math.Max(_freeAt, now) - (Math.Log(1 - _random.NextDouble()) / capacity);
            latency = Math.Min(_freeAt - now + BaseLatency, timeout);
        }

        // In a queue all end in the order they came in, but for those who give up: theirs are reported when their turn is.
        var ends = Math.Max(now + latency, _lastEnd);
        _lastEnd = ends;
        _reports.Enqueue((ends + ReportDelay, now, latency, latency >= timeout ? OutcomeClass.Timeout : OutcomeClass.Ok));
        Latencies.Add(latency);
        return latency <= controller.Options.Slo.TotalSeconds;
    }

    /// <summary>Hands the reports that are due to the controller.</summary>
    public void Report(double now)
    {
        while (_reports.TryPeek(out var report) && report.ReportedAt <= now)
        {
            _reports.Dequeue();
            controller.Completed(TimeSpan.FromSeconds(report.AdmittedAt), report.Latency, report.Class, 1, TimeSpan.FromSeconds(now));
        }
    }
}
