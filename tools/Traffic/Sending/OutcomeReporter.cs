using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Traffic.Sending;

/// <summary>Reports what became of admitted requests when their time has come, in batches.</summary>
internal sealed class OutcomeReporter(LimiterApi.LimiterApiClient limiter, string domain, TimeProvider time)
{
    private const int OutcomesMax = 4096;
    private const int WaitingMax = 1_000_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly PriorityQueue<Outcome, DateTimeOffset> _open = new();
    private readonly Lock _lock = new();

    /// <summary>Outcomes that could not be reported.</summary>
    public long Lost { get; private set; }

    /// <summary>Notes how a request will end.</summary>
    public void Add(string requestId, string client, DateTimeOffset completedAt, TimeSpan latency, OutcomeClass outcome)
    {
        var message = new Outcome
        {
            RequestId = requestId,
            ClientId = client,
            Domain = domain,
            CompletedAt = Timestamp.FromDateTimeOffset(completedAt),
            LatencyS = latency.TotalSeconds,
            Class = outcome,
        };
        lock (_lock)
        {
            if (_open.Count < WaitingMax)
            {
                _open.Enqueue(message, completedAt);
            }
            else
            {
                Lost++;
            }
        }
    }

    /// <summary>Reports all that has ended by now.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        while (Take() is { Outcomes.Count: > 0 } report)
        {
            try
            {
                await limiter.ReportOutcomesAsync(report, deadline: time.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancellationToken);
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested)
            {
                // The Limiter is away: the outcomes are lost, as a gateway's would be.
                Lost += report.Outcomes.Count;
                return;
            }
        }
    }

    private ReportOutcomesRequest Take()
    {
        var report = new ReportOutcomesRequest();
        var now = time.GetUtcNow();
        lock (_lock)
        {
            while (report.Outcomes.Count < OutcomesMax && _open.TryPeek(out var outcome, out var at) && at <= now)
            {
                _open.Dequeue();
                report.Outcomes.Add(outcome);
            }
        }

        return report;
    }
}
