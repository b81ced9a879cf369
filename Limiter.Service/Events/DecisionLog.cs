using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Writes a decision now and then to the log, with its fields apart: one in a while, however many there are.</summary>
internal sealed partial class DecisionLog(IOptions<LimiterOptions> options, LimiterMetrics metrics, ILogger<DecisionLog> logger)
{
    private readonly long _interval = options.Value.DecisionLogInterval.Ticks;
    private long _nextAt = options.Value.DecisionLogInterval > TimeSpan.Zero ? 0 : long.MaxValue;
    private long _decisions;

    /// <summary>Logs the decision if none was logged for long.</summary>
    /// <param name="decision">Filled in.</param>
    /// <param name="now">Monotonic time of the request.</param>
    public void Offer(Decision decision, TimeSpan now)
    {
        var nextAt = Volatile.Read(ref _nextAt);
        if (now.Ticks < nextAt || Interlocked.CompareExchange(ref _nextAt, now.Ticks + _interval, nextAt) != nextAt)
        {
            return;   // Not yet, or another thread logs one this very moment.
        }

        var decisions = metrics.Decisions;
        var passed = decisions - Interlocked.Exchange(ref _decisions, decisions);
        LogDecision(
            decision.RequestId, decision.ClientId, decision.Policy, decision.Backend, decision.Allowed, decision.Reason.Word(), decision.DecidedBy.Word(),
            decision.Cost, decision.Tokens, decision.RefillRate, decision.HasPrediction ? decision.Prediction : null, decision.ModelVersion, passed);
    }

    [LoggerMessage(
        LogLevel.Information,
        "Decision {RequestId} of client {ClientId} under policy {Policy}, backend '{Backend}': allowed {Allowed}, {Reason} by {DecidedBy}; cost {Cost}, tokens {Tokens}, "
        + "refill rate {RefillRate}/s, prediction {Prediction}, model '{ModelVersion}'. One of {Decisions} since the last that was logged.")]
    private partial void LogDecision(
        string requestId, string clientId, string policy, string backend, bool allowed, string reason, string decidedBy, double cost, double tokens,
        double refillRate, double? prediction, string modelVersion, long decisions);
}
