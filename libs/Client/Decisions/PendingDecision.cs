using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.Decisions;

/// <summary>A request on its way, and who waits for it.</summary>
internal sealed class PendingDecision(DecideRequest request)
{
    private readonly TaskCompletionSource<DecideResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DecideRequest Request { get; } = request;

    public Task<DecideResponse> Answer => _answer.Task;

    /// <summary>Whether nobody waits any more, so that it need not be sent: a decision would take tokens for nothing.</summary>
    public bool IsAbandoned { get; set; }

    public void Complete(DecideResult result)
    {
        if (result.ResultCase == DecideResult.ResultOneofCase.Response)
        {
            _answer.TrySetResult(result.Response);
        }
        else
        {
            _answer.TrySetException(new ArgumentException(result.Fault?.Message ?? "The Limiter's answer is empty."));
        }
    }

    public void Fail(Exception fault) => _answer.TrySetException(fault);
}
