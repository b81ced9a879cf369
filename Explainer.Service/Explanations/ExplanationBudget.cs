namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Decides which decisions are explained, so that explaining takes no more than its share of a core.</summary>
/// <remarks>The cost of one explanation is measured as an exponential mean and demand as a count over a second; while demand × cost
/// stays within the budget everything is explained, beyond it each decision with probability budget / (demand × cost), which is what
/// its message carries. Used by one thread at a time.</remarks>
internal sealed class ExplanationBudget(double cpuShare, TimeProvider time, Random random)
{
    private const double CostSmoothing = 0.01;

    private double _costSeconds = 20e-6;
    private long _windowStart = time.GetTimestamp();
    private int _offered;
    private double _probability = 1;

    /// <summary>Probability in force, 0 &lt; p ≤ 1.</summary>
    public double Probability => _probability;

    /// <summary>Whether to explain the next decision.</summary>
    public bool Admit()
    {
        _offered++;
        var elapsed = time.GetElapsedTime(_windowStart);
        if (elapsed >= TimeSpan.FromSeconds(1))
        {
            var wanted = _offered / elapsed.TotalSeconds * _costSeconds;
            _probability = wanted <= cpuShare ? 1 : cpuShare / wanted;
            _windowStart = time.GetTimestamp();
            _offered = 0;
        }

        return _probability >= 1 || random.NextDouble() < _probability;
    }

    /// <summary>Notes what one explanation took, from the decision to its messages.</summary>
    public void Spent(TimeSpan elapsed) => _costSeconds += CostSmoothing * (elapsed.TotalSeconds - _costSeconds);
}
