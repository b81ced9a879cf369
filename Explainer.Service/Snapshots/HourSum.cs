using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Snapshots;

/// <summary>Weighted sums over an hour's explanations; divided by <see cref="Weight"/> they are means.</summary>
/// <remarks>Mutable and not thread-safe: <see cref="HourlySums"/> holds its lock around every call.</remarks>
internal sealed class HourSum(int features)
{
    public long Count { get; set; }

    /// <summary>Decisions that the explanations stand for: Σ 1 / probability.</summary>
    public double Weight { get; set; }

    public double Throttled { get; set; }

    public double BaseValue { get; set; }

    public double Prediction { get; set; }

    public double Magnitude { get; set; }

    public double[] Shap { get; init; } = new double[features];

    public double[] AbsShap { get; init; } = new double[features];

    public void Add(ExplainedDecision explained)
    {
        var weight = 1 / explained.Sampled;
        var magnitude = 0.0;
        for (var i = 0; i < Shap.Length; i++)
        {
            Shap[i] += weight * explained.Shap[i];
            AbsShap[i] += weight * Math.Abs(explained.Shap[i]);
            magnitude += Math.Abs(explained.Shap[i]);
        }

        Count++;
        Weight += weight;
        Throttled += explained.Allowed ? 0 : weight;
        BaseValue += weight * explained.BaseValue;
        Prediction += weight * explained.Prediction;
        Magnitude += weight * magnitude / Math.Max(1, Math.Abs(explained.BaseValue));
    }

    public void Add(HourSum other)
    {
        for (var i = 0; i < Shap.Length; i++)
        {
            Shap[i] += other.Shap[i];
            AbsShap[i] += other.AbsShap[i];
        }

        Count += other.Count;
        Weight += other.Weight;
        Throttled += other.Throttled;
        BaseValue += other.BaseValue;
        Prediction += other.Prediction;
        Magnitude += other.Magnitude;
    }
}
