using System.Threading.Channels;

namespace RateLimitSuite.Limiter.Events;

/// <summary>A queue that never makes a writer wait: what finds no room is dropped and counted.</summary>
internal sealed class BoundedQueue<T>(int capacity)
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait,   // TryWrite then says no, where the dropping modes would say yes.
    });

    private readonly StripedCounter _dropped = new();

    /// <summary>Items that found no room.</summary>
    public long Dropped => _dropped.Sum;

    /// <summary>Items that wait.</summary>
    public int Count => _channel.Reader.Count;

    public bool TryAdd(T item)
    {
        if (_channel.Writer.TryWrite(item))
        {
            return true;
        }

        _dropped.Increment();
        return false;
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item) => _channel.Reader.TryRead(out item);

    /// <summary>Waits until there is an item.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _channel.Reader.WaitToReadAsync(cancellationToken);
}
