namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Probe admissions, each weighing as many requests as it was drawn from: 1 / propensity. Sums only, so windows can be merged.</summary>
internal sealed class ProbeSums
{
    // A propensity below this is a fault of whoever wrote it: one probe would weigh more than all that is decided in a window.
    private const double LeastPropensity = 1e-4;

    /// <summary>Probes whose outcome is known.</summary>
    public long Reported { get; set; }

    /// <summary>Requests that all probes stand for.</summary>
    public double Weight { get; set; }

    /// <summary>Requests that the reported ones stand for.</summary>
    public double ReportedWeight { get; set; }

    /// <summary>Σ of the squares of the reported ones' weights: how unequal they are.</summary>
    public double ReportedSquares { get; set; }

    /// <summary>Requests that those stand for which were served within the latency objective.</summary>
    public double OkWeight { get; set; }

    /// <summary>Requests that a probe of a propensity stands for.</summary>
    /// <param name="propensity">0..1; 0 or less: the probe says nothing.</param>
    public static double WeightOf(double propensity) => propensity > 0 ? 1 / Math.Clamp(propensity, LeastPropensity, 1) : 0;

    /// <summary>Takes in a probe's decision.</summary>
    public void Admit(double propensity) => Weight += WeightOf(propensity);

    /// <summary>Takes in what became of it.</summary>
    public void Report(double propensity, bool ok)
    {
        var weight = WeightOf(propensity);
        if (weight == 0)
        {
            return;
        }

        Reported++;
        ReportedWeight += weight;
        ReportedSquares += weight * weight;
        OkWeight += ok ? weight : 0;
    }

    /// <summary>Adds another's sums.</summary>
    public void Add(ProbeSums other)
    {
        Reported += other.Reported;
        Weight += other.Weight;
        ReportedWeight += other.ReportedWeight;
        ReportedSquares += other.ReportedSquares;
        OkWeight += other.OkWeight;
    }
}
