using Grpc.Core;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Sends decisions to the Explainer over one stream, behind a circuit breaker; a decision never waits for it.</summary>
internal sealed partial class ExplanationStream(
    ExplanationQueue queue, ExplainerApi.ExplainerApiClient explainer, FeatureSchema schema, IOptions<LimiterOptions> options,
    TimeProvider time, ILogger<ExplanationStream> logger)
    : BackgroundService
{
    private const int TasksPerMessage = 256;

    private static readonly TimeSpan BreakFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly StripedCounter _lost = new();
    private long _sent;

    /// <summary>Decisions in messages that a broken stream swallowed.</summary>
    public long Lost => _lost.Sum;

    /// <summary>Decisions sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pipeline = Pipeline();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await pipeline.ExecuteAsync(async token => await StreamAsync(token), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (BrokenCircuitException)
            {
                await Task.Delay(BreakFor, time, stoppingToken);
            }
            catch (Exception fault) when (fault is RpcException or HttpRequestException or IOException)
            {
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private ResiliencePipeline Pipeline() => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 2,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = BreakFor,
            ShouldHandle = new PredicateBuilder().Handle<RpcException>().Handle<HttpRequestException>().Handle<IOException>(),
            OnOpened = _ =>
            {
                LogBroken(BreakFor.TotalSeconds);
                return default;
            },
            OnClosed = _ =>
            {
                LogBack();
                return default;
            },
        })
        .Build();

    // One stream: lasts until the Explainer goes away or this service stops.
    private async Task StreamAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = explainer.Submit(cancellationToken: ended.Token);
        var acknowledgements = ReadAsync(call, ended);
        try
        {
            while (true)
            {
                await SendAsync(call, ended.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The reading side ended first and knows why.
            await acknowledgements;
            throw new RpcException(new Status(StatusCode.Unavailable, "The Explainer ended the stream."));
        }
    }

    private async Task SendAsync(AsyncDuplexStreamingCall<ExplanationTasks, SubmitAck> call, CancellationToken cancellationToken)
    {
        var batch = new List<Decision>(TasksPerMessage);
        await queue.TakeAsync(batch, TasksPerMessage, cancellationToken);
        var message = new ExplanationTasks { Replica = options.Value.Replica, SchemaHash = schema.Hash };
        message.Decisions.AddRange(batch);
        try
        {
            await call.RequestStream.WriteAsync(message, cancellationToken);
            Interlocked.Add(ref _sent, batch.Count);
        }
        catch
        {
            _lost.Add(batch.Count);
            throw;
        }
    }

    private static async Task ReadAsync(AsyncDuplexStreamingCall<ExplanationTasks, SubmitAck> call, CancellationTokenSource ended)
    {
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                // Counts only; reading them is what keeps the flow-control window open.
            }
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The Explainer is away; decisions go on without explanations. Trying again every {Seconds} s.")]
    private partial void LogBroken(double seconds);

    [LoggerMessage(LogLevel.Information, "The Explainer is back.")]
    private partial void LogBack();
}
