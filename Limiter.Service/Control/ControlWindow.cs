namespace RateLimitSuite.Limiter.Control;

/// <summary>What a backend's outcomes of one short window add up to. Not thread-safe; reused, allocates nothing.</summary>
internal sealed class ControlWindow
{
    // Enough for a stable 10th percentile; beyond it every second one is kept, and so on.
    private const int SamplesMax = 512;

    private readonly double[] _samples = new double[SamplesMax];
    private int _samplesCount;
    private int _seen;
    private int _stride = 1;

    /// <summary>Number of the window: its start divided by its length.</summary>
    public long Number { get; private set; } = -1;

    /// <summary>Cost of what the backend did, tokens: successes and the clients' own errors.</summary>
    public double Completed { get; private set; }

    /// <summary>Outcomes that were no failure.</summary>
    public int Completions { get; private set; }

    /// <summary>Errors, timeouts, and what the backend shed.</summary>
    public int Failures { get; private set; }

    /// <summary>Least latency of a completion, seconds; ∞ without one.</summary>
    public double MinimumLatency { get; private set; } = double.PositiveInfinity;

    /// <summary>Share of failures, 0..1.</summary>
    public double FailureShare => Failures == 0 ? 0 : (double)Failures / (Failures + Completions);

    public void Begin(long number)
    {
        Number = number;
        Completed = 0;
        Completions = 0;
        Failures = 0;
        MinimumLatency = double.PositiveInfinity;
        _samplesCount = 0;
        _seen = 0;
        _stride = 1;
    }

    public void AddCompletion(double latency, double cost)
    {
        Completed += cost;
        Completions++;
        MinimumLatency = Math.Min(MinimumLatency, latency);
        if (_seen++ % _stride == 0)
        {
            Keep(latency);
        }
    }

    public void AddFailure() => Failures++;

    /// <summary>A percentile of the completions' latencies, seconds; NaN without one.</summary>
    public double Percentile(double share)
    {
        if (_samplesCount == 0)
        {
            return double.NaN;
        }

        var samples = _samples.AsSpan(0, _samplesCount);
        samples.Sort();
        return samples[(int)(share * (_samplesCount - 1))];
    }

    private void Keep(double latency)
    {
        if (_samplesCount == SamplesMax)
        {
            for (var i = 0; i < SamplesMax / 2; i++)
            {
                _samples[i] = _samples[i * 2];
            }

            _samplesCount = SamplesMax / 2;
            _stride *= 2;
        }

        _samples[_samplesCount++] = latency;
    }
}
