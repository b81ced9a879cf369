using Grpc.Core;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using RateLimitSuite.Client.Decisions;
using RateLimitSuite.Client.Outcomes;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client;

/// <summary>The client: one stream of decisions behind a circuit breaker, and a fallback behind both.</summary>
internal sealed class RateLimitClient : IRateLimitClient
{
    private const double FailureRatio = 0.5;
    private const int LeastCalls = 20;
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(5);

    private readonly DecisionStream _stream;
    private readonly OutcomeReporter _outcomes;
    private readonly LocalBuckets _fallback;
    private readonly ClientMetrics _metrics;
    private readonly RateLimitClientOptions _options;
    private readonly ResiliencePipeline _pipeline;

    public RateLimitClient(
        DecisionStream stream, OutcomeReporter outcomes, LocalBuckets fallback, ClientMetrics metrics, IOptions<RateLimitClientOptions> options, TimeProvider time)
    {
        (_stream, _outcomes, _fallback, _metrics, _options) = (stream, outcomes, fallback, metrics, options.Value);
        var faults = new PredicateBuilder().Handle<RpcException>().Handle<TimeoutRejectedException>().Handle<QueueFullException>();
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = FailureRatio, MinimumThroughput = LeastCalls, SamplingDuration = Sampling, BreakDuration = _options.BreakDuration, ShouldHandle = faults,
            })
            .AddTimeout(_options.Deadline)
            .Build();
    }

    public async ValueTask<RateLimitDecision> DecideAsync(RateLimitRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var result = await _pipeline.ExecuteAsync(
                static (state, token) => state._stream.DecideAsync(state.Message, token), (_stream, Message: request.ToMessage(_options.Domain)), cancellationToken);
            var decision = RateLimitDecision.Of(result);
            _metrics.Decided(decision, "");
            return decision;
        }
        catch (Exception fault) when (fault is RpcException or TimeoutRejectedException or BrokenCircuitException or QueueFullException && !cancellationToken.IsCancellationRequested)
        {
            var decision = _fallback.Decide(request);
            _metrics.Decided(decision, Cause(fault));
            return decision;
        }
    }

    public void Report(RateLimitRequest request, RateLimitDecision decision, TimeSpan latency, OutcomeClass outcome)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(decision);
        if (decision is { Allowed: true, Source: DecisionSource.Limiter })
        {
            _outcomes.Add(new Contracts.V1.Outcome
            {
                RequestId = decision.RequestId, ClientId = request.ClientId, Domain = request.Domain ?? _options.Domain,
                LatencyS = Math.Max(0, latency.TotalSeconds), Class = outcome,
            });
        }
    }

    private static string Cause(Exception fault) => fault switch
    {
        TimeoutRejectedException => "deadline",
        BrokenCircuitException => "circuit_open",
        QueueFullException => "queue_full",
        _ => "unavailable",
    };
}
