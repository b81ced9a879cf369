namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Past explanations that are like a given one: near in SHAP space, so alike in why and not merely in what.</summary>
internal static class NearestExplanations
{
    /// <summary>The nearest of some explanations, nearest first; only those of the same model and mode, as φ of two do not compare.</summary>
    /// <remarks>One pass over all of them, in time n log k.</remarks>
    public static IReadOnlyList<(double Distance, ExplainedDecision Explanation)> Of(
        ExplainedDecision to, IEnumerable<ExplainedDecision> among, int count)
    {
        var nearest = new PriorityQueue<ExplainedDecision, double>();
        foreach (var candidate in among)
        {
            if (candidate.RequestId == to.RequestId || candidate.ModelVersion != to.ModelVersion || candidate.Mode != to.Mode
                || candidate.Shap.Length != to.Shap.Length)
            {
                continue;
            }

            // The queue's head is the farthest of those kept.
            nearest.Enqueue(candidate, -Distance(candidate.Shap, to.Shap));
            if (nearest.Count > count)
            {
                nearest.Dequeue();
            }
        }

        return [.. nearest.UnorderedItems.Select(item => (-item.Priority, item.Element)).OrderBy(item => item.Item1).ThenByDescending(item => item.Element.DecidedAt)];
    }

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }
}
