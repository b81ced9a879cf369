using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.Outcomes;

/// <summary>Reports outcomes in batches, off the path of requests. An outcome that cannot be reported soon is worth nothing, so none is kept.</summary>
internal sealed class OutcomeReporter(
    LimiterApi.LimiterApiClient limiter, IOptions<RateLimitClientOptions> options, DataPlaneKey key, ClientMetrics metrics, TimeProvider time) : BackgroundService
{
    // What one report may hold.
    private const int Most = 4_096;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly Channel<Outcome> _queue = Channel.CreateBounded<Outcome>(new BoundedChannelOptions(options.Value.OutcomeQueueLimit) { SingleReader = true });

    /// <summary>Takes an outcome to report; a full queue drops it and counts it.</summary>
    public void Add(Outcome outcome)
    {
        if (!_queue.Writer.TryWrite(outcome))
        {
            metrics.Dropped(1, "queue_full");
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(options.Value.OutcomeLinger, time, stoppingToken);
                await ReportWaitingAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await ReportWaitingAsync(cancellationToken);   // The last ones, while the host still waits.
    }

    private async Task ReportWaitingAsync(CancellationToken cancellationToken)
    {
        while (_queue.Reader.TryRead(out var first))
        {
            var report = new ReportOutcomesRequest { Outcomes = { first } };
            while (report.Outcomes.Count < Most && _queue.Reader.TryRead(out var next))
            {
                report.Outcomes.Add(next);
            }

            try
            {
                await limiter.ReportOutcomesAsync(report, key.Headers, time.GetUtcNow().UtcDateTime + Deadline, cancellationToken);
            }
            catch (RpcException)
            {
                metrics.Dropped(report.Outcomes.Count, "unavailable");
            }
        }
    }
}
