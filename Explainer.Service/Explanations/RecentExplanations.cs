using System.Collections.Concurrent;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>The newest explanations by request id: a look-up right after the decision finds them here, before the database has them.</summary>
/// <remarks>Thread-safe; holds at most its capacity, the oldest go first.</remarks>
internal sealed class RecentExplanations(int capacity)
{
    private readonly ConcurrentDictionary<string, ExplainedDecision> _byId = new();
    private readonly ConcurrentQueue<ExplainedDecision> _order = new();

    public int Count => _byId.Count;

    public void Add(ExplainedDecision explanation)
    {
        _byId[explanation.RequestId] = explanation;
        _order.Enqueue(explanation);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            // Only if the id was not explained again since; by reference, as two explanations may well be equal.
            if (_byId.TryGetValue(oldest.RequestId, out var current) && ReferenceEquals(current, oldest))
            {
                _byId.TryRemove(oldest.RequestId, out _);
            }
        }
    }

    public ExplainedDecision? Find(string requestId) => _byId.GetValueOrDefault(requestId);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ExplainedDecision> Newest(int count) => [.. _order.Reverse().Take(count)];
}
