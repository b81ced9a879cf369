using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client.Calls;

/// <summary>Forbids retries while too many calls fail.</summary>
/// <remarks>A failure takes one token, a success returns <c>ratio</c> of one; retries need more than half of the tokens.</remarks>
internal sealed class RetryThrottle(int tokensMax, double ratio)
{
    private readonly Lock _lock = new();
    private double _tokens = tokensMax;

    public bool AllowsRetry
    {
        get
        {
            lock (_lock)
            {
                return _tokens > tokensMax / 2.0;
            }
        }
    }

    public static RetryThrottle? FromPolicy(RetryThrottlingPolicy? policy) =>
        policy is null
            ? null
            : new RetryThrottle(
                policy.MaxTokens ?? throw new InvalidOperationException("RetryThrottlingPolicy.MaxTokens must be set."),
                policy.TokenRatio ?? throw new InvalidOperationException("RetryThrottlingPolicy.TokenRatio must be set."));

    public void OnSuccess() => Add(ratio);

    public void OnFailure() => Add(-1);

    private void Add(double tokens)
    {
        lock (_lock)
        {
            _tokens = Math.Clamp(_tokens + tokens, 0, tokensMax);
        }
    }
}
