using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Reads the limiter's status as it streams it.</summary>
internal sealed class LimiterFeed(LimiterApi.LimiterApiClient limiter, SuiteState state, TimeProvider time, ILogger<LimiterFeed> logger)
    : Feed("limiter", TimeSpan.FromSeconds(1), time, logger)
{
    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        // A stream that says nothing for this long is dead, whatever the connection looks like.
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Patience);
        using var call = limiter.WatchStatus(
            new WatchLimiterStatusRequest { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }, cancellationToken: silence.Token);
        while (await call.ResponseStream.MoveNext(silence.Token))
        {
            silence.CancelAfter(Patience);
            Take(call.ResponseStream.Current);
        }

        throw new IOException("it ended the stream.");
    }

    protected override void Fail(Exception cause) => state.Limiter.Fail(cause);

    private void Take(LimiterStatus status)
    {
        state.Limiter.Set(status);
        state.AddRate(new RatePoint(
            status.At?.ToDateTimeOffset() ?? Time.GetUtcNow(),
            status.DecisionsPerSecond,
            status.DecisionsPerSecond > 0 ? status.ThrottledPerSecond / status.DecisionsPerSecond : double.NaN));
    }
}
