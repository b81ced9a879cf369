using Grpc.Core;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Sees deadlines pass on this side of the call.</summary>
internal sealed class CallDeadline(LimiterMetrics metrics, TimeProvider time)
{
    /// <summary>Ends a call that waited here for longer than its caller does: a decision would take tokens for nobody.</summary>
    /// <param name="context">The call.</param>
    /// <param name="method">Its method, for the count.</param>
    /// <exception cref="RpcException">DEADLINE_EXCEEDED.</exception>
    public void ThrowIfPassed(ServerCallContext context, string method)
    {
        if (HasPassed(context))
        {
            metrics.Late(method);
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline passed before the call was looked at."));
        }
    }

    /// <summary>Counts a call that ended by its deadline, whatever its fault looks like.</summary>
    /// <returns>False, so that it can filter an exception and leave it alone.</returns>
    public bool CountIfPassed(ServerCallContext context, string method)
    {
        if (HasPassed(context))
        {
            metrics.Late(method);
        }

        return false;
    }

    // Without a deadline no clock is read.
    private bool HasPassed(ServerCallContext context) => context.Deadline != DateTime.MaxValue && context.Deadline <= time.GetUtcNow().UtcDateTime;
}
