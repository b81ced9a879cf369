using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RateLimitSuite.Trainer.Runs;

/// <summary>One asked-for training, from the request to its end, with everybody who follows it.</summary>
internal sealed class TrainingRun(string id, string reason, string detail, bool force, TimeProvider time) : IRunProgress
{
    // A follower that reads slower than the run reports misses steps in between, never the last one.
    private const int FollowerBuffer = 64;

    private readonly DateTimeOffset _requestedAt = time.GetUtcNow();
    private readonly Lock _lock = new();
    private ImmutableList<Channel<RunStep>> _followers = [];
    private RunStep? _last;
    private bool _over;

    /// <summary>Unique.</summary>
    public string Id { get; } = id;

    /// <summary>drift, nightly, manual or first.</summary>
    public string Reason { get; } = reason;

    /// <summary>More of why.</summary>
    public string Detail { get; } = detail;

    /// <summary>Whether it starts without waiting.</summary>
    public bool Force { get; private set; } = force;

    /// <summary>Where it is; null: nothing was said yet.</summary>
    public RunStep? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <inheritdoc/>
    public void Report(string step, double fraction, string message, string version = "")
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var told = version.Length > 0 ? version : _last?.Version ?? "";
            _last = new(Id, step, fraction, message, told, now, now - _requestedAt);
            foreach (var follower in _followers)
            {
                follower.Writer.TryWrite(_last);
            }
        }
    }

    /// <summary>Says the last step and lets all followers go.</summary>
    public void End(string step, string message)
    {
        Report(step, 1, message);
        lock (_lock)
        {
            _over = true;
            foreach (var follower in _followers)
            {
                follower.Writer.TryComplete();
            }
        }
    }

    /// <summary>Joins another request that asks for the same.</summary>
    public void Join(bool force) => Force |= force;

    /// <summary>Where the run is now and every step from here to its end.</summary>
    public async IAsyncEnumerable<RunStep> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<RunStep>(new BoundedChannelOptions(FollowerBuffer) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            if (_last is not null)
            {
                channel.Writer.TryWrite(_last);
            }

            if (_over)
            {
                channel.Writer.Complete();
            }

            _followers = _followers.Add(channel);
        }

        try
        {
            await foreach (var step in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return step;
            }
        }
        finally
        {
            lock (_lock)
            {
                _followers = _followers.Remove(channel);
            }
        }
    }
}
