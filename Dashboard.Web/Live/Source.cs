using Grpc.Core;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Keeps a service's newest answer. Written by one feed, read by all pages.</summary>
internal sealed class Source<T>(string service, TimeProvider time) where T : class
{
    private volatile Answer<T> _answer = new(null, null, $"The {service} has not answered yet.");

    public Answer<T> Answer => _answer;

    public void Set(T value) => _answer = new Answer<T>(value, time.GetUtcNow(), "");

    public void Fail(Exception cause) => _answer = _answer with { Problem = $"The {service} does not answer: {Reason(cause)}" };

    private static string Reason(Exception cause) => cause switch
    {
        RpcException { StatusCode: StatusCode.Unavailable } => "nothing listens where it should be.",
        RpcException { StatusCode: StatusCode.DeadlineExceeded } or OperationCanceledException => "it took too long.",
        RpcException fault => $"{fault.StatusCode}: {fault.Status.Detail}",
        _ => cause.Message,
    };
}
