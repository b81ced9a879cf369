using Grpc.Core;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Asks one service for what pages show of it, again and again, also while it is away.</summary>
internal abstract partial class Feed(string service, TimeSpan every, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>A call that takes longer counts as no answer.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // The suite starts at once, and the first calls of a cold process take seconds: that is no news.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(15);

    private readonly ILogger _logger = logger;
    private readonly long _startedAt = time.GetTimestamp();
    private bool _wasUp = true;
    private bool _wasEverUp;

    protected TimeProvider Time { get; } = time;

    /// <summary>A deadline for a call that starts now.</summary>
    protected DateTime Deadline => Time.GetUtcNow().UtcDateTime + Patience;

    /// <summary>Asks once, or reads a stream until it ends, and sets what was said.</summary>
    protected abstract Task AskAsync(CancellationToken cancellationToken);

    /// <summary>Notes why there is no answer.</summary>
    protected abstract void Fail(Exception cause);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AskAsync(stoppingToken);
                Note(up: true);
            }
            catch (Exception cause) when (cause is RpcException or HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
            {
                if (stoppingToken.IsCancellationRequested)
                {
                    return;   // A call under way ends by an RpcException of its own; that the service is away is not what it says.
                }

                Note(up: false);
                Fail(cause);
            }

            await Task.Delay(every, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Once each way: an absent service would else fill the log.
    private void Note(bool up)
    {
        _wasEverUp |= up;
        var isStarting = !_wasEverUp && Time.GetElapsedTime(_startedAt) < StartPatience;
        if (up != _wasUp && !isStarting)
        {
            _wasUp = up;
            if (up)
            {
                LogBack(service);
            }
            else
            {
                LogAway(service);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Service} does not answer; its last figures stay on the pages, marked as old.")]
    private partial void LogAway(string service);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Service} answers again.")]
    private partial void LogBack(string service);
}
