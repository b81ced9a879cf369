using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>The last explanations that this process read, of one model at a time. Any thread may use it.</summary>
internal sealed class RecentAttributions
{
    private const int Kept = 2_000;
    private const int TopFeatures = 3;
    private const int TopRequests = 5;

    private readonly Lock _lock = new();
    private readonly Queue<ShapValues> _recent = new(Kept);
    private string _modelVersion = "";

    /// <summary>Takes in one explanation; another model's starts afresh, as its SHAP values do not compare.</summary>
    public void Add(ShapValues explanation)
    {
        lock (_lock)
        {
            if (explanation.ModelVersion != _modelVersion)
            {
                _modelVersion = explanation.ModelVersion;
                _recent.Clear();
            }

            if (_recent.Count == Kept)
            {
                _recent.Dequeue();
            }

            _recent.Enqueue(explanation);
        }
    }

    /// <summary>What there is to show now.</summary>
    public AlertEvidence Read()
    {
        ShapValues[] recent;
        lock (_lock)
        {
            recent = [.. _recent];
        }

        if (recent.Length == 0)
        {
            return AlertEvidence.None;
        }

        var names = recent[^1].FeatureNames;
        var fitting = recent.Where(r => r.Shap.Length == names.Count).ToArray();
        return new(
            [.. names.Select((name, i) => new FeatureContribution(name, fitting.Average(r => Math.Abs(r.Shap[i])), fitting.Average(r => r.Shap[i])))
                .OrderByDescending(f => f.MeanAbs).Take(TopFeatures)],
            [.. fitting.OrderByDescending(r => r.Magnitude).Take(TopRequests).Select(r => r.RequestId)]);
    }
}
