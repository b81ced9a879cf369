namespace RateLimitSuite.Explainer.Explanations;

/// <summary>How the decisions of one submitting stream ended. Written by the pipeline, read by the stream.</summary>
internal sealed class SubmissionCounts
{
    private long _explained;
    private long _sampledOut;
    private long _failed;

    public ulong Explained => (ulong)Volatile.Read(ref _explained);

    public ulong SampledOut => (ulong)Volatile.Read(ref _sampledOut);

    public ulong Failed => (ulong)Volatile.Read(ref _failed);

    public void AddExplained() => Interlocked.Increment(ref _explained);

    public void AddSampledOut() => Interlocked.Increment(ref _sampledOut);

    public void AddFailed() => Interlocked.Increment(ref _failed);
}
