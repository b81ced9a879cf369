using System.Collections.Concurrent;
using System.Threading.Channels;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Hands each explanation to everybody who listens. A listener that does not keep up loses the oldest, never the others' time.</summary>
internal sealed class ExplanationFeed(int maximumListeners, ExplainerMetrics metrics)
{
    private const int Buffered = 256;

    private readonly ConcurrentDictionary<long, Channel<ExplainedDecision>> _listeners = new();
    private long _nextId;

    /// <summary>Starts listening; null: as many listen as may.</summary>
    public Subscription? Listen()
    {
        if (_listeners.Count >= maximumListeners)
        {
            return null;
        }

        var id = Interlocked.Increment(ref _nextId);
        var channel = Channel.CreateBounded<ExplainedDecision>(
            new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => metrics.Dropped("slow_listener"));
        _listeners[id] = channel;
        return new Subscription(this, id, channel.Reader);
    }

    public void Publish(ExplainedDecision explanation)
    {
        foreach (var (_, channel) in _listeners)
        {
            channel.Writer.TryWrite(explanation);
        }
    }

    /// <summary>One listener; disposing it ends the listening.</summary>
    internal sealed class Subscription(ExplanationFeed feed, long id, ChannelReader<ExplainedDecision> reader) : IDisposable
    {
        public ChannelReader<ExplainedDecision> Reader { get; } = reader;

        public void Dispose() => feed._listeners.TryRemove(id, out _);
    }
}
