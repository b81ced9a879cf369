namespace RateLimitSuite.Limiter.Control;

/// <summary>How much may be in flight to a backend, so that no queue outgrows the free play, however old the reports are.</summary>
/// <remarks>
/// Little's law: what is in the backend is its rate times (base latency + free play), and what is done but not yet reported is its rate
/// times the reports' delay. As long as nothing else is known that rate is the parent's. But where more was in the backend than that
/// when the newest reported request ended, the backend is slower than the parent: then the rate at which reports arrive stands for what
/// is unreported. After a fall of capacity this holds requests back seconds before a window can be judged.
/// Not thread-safe.
/// </remarks>
internal sealed class InFlightCap
{
    private const double FreeSeconds = 0.1;

    // As reports come in batches the count is a saw, and a cap at its very tip would let requests through in bursts only.
    private const double FreeShareOfReportDelay = 0.2;

    // Of what may be in the backend: above, it is not as fast as believed.
    private const double Excess = 0.8;

    private static readonly TimeSpan ShortestRatePeriod = TimeSpan.FromSeconds(0.3);

    private readonly FlowHistory _flow = new();

    /// <summary>Counts what was reported or given up.</summary>
    public void Done(double tokens) => _flow.Done(tokens);

    /// <summary>Notes what is in flight; each tick.</summary>
    public void Tick(double inFlight, TimeSpan now) => _flow.Tick(inFlight, now);

    /// <summary>The cap, tokens.</summary>
    /// <param name="rate">The parent's, tokens/s.</param>
    /// <param name="latency">Of the backend without a queue, seconds.</param>
    /// <param name="reportDelay">Longest recent time from a request's end to its report, seconds.</param>
    public double Tokens(double rate, double latency, double reportDelay)
    {
        var inBackend = rate * (Math.Max(FreeSeconds, FreeShareOfReportDelay * reportDelay) + latency);
        var delay = TimeSpan.FromSeconds(reportDelay);
        var unreportedRate = _flow.InBackend(delay) > Excess * inBackend
            ? Math.Min(rate, _flow.DoneRate(delay > ShortestRatePeriod ? delay : ShortestRatePeriod))
            : rate;
        return inBackend + (unreportedRate * reportDelay);
    }
}
