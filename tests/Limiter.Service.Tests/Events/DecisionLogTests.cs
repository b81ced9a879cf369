using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Tests.Events;

public sealed class DecisionLogTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Lines _lines = new();
    private readonly LimiterMetrics _metrics;

    public DecisionLogTests() => _metrics = new LimiterMetrics(_services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void Offer_ManyDecisions_LogsOneAnIntervalWithItsFieldsApart()
    {
        var log = Make(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 1_000; i++)
        {
            _metrics.Decided("default", DecisionRecord.Empty);
            log.Offer(new Decision { RequestId = $"r{i}", ClientId = "ada", Policy = "default", Reason = DecisionReason.BucketEmpty, DecidedBy = DecidedBy.Bucket }, TimeSpan.FromSeconds(i * 0.03));
        }

        // 30 s: at 0, and at the first decision from 10 s and from 20 s on.
        Assert.Equal(["r0", "r334", "r668"], _lines.Logged.Select(line => line["RequestId"]));
        Assert.Equal([1L, 334L, 334L], _lines.Logged.Select(line => line["Decisions"]));
        Assert.Equal(("ada", "bucket_empty", "bucket", null), (_lines.Logged[0]["ClientId"], _lines.Logged[0]["Reason"], _lines.Logged[0]["DecidedBy"], _lines.Logged[0]["Prediction"]));
    }

    [Fact]
    public void Offer_NoInterval_LogsNothing()
    {
        var log = Make(TimeSpan.Zero);
        log.Offer(new Decision(), TimeSpan.FromDays(1));

        Assert.Empty(_lines.Logged);
    }

    public void Dispose() => _services.Dispose();

    private DecisionLog Make(TimeSpan interval) => new(Options.Create(new LimiterOptions { DecisionLogInterval = interval }), _metrics, _lines);

    private sealed class Lines : ILogger<DecisionLog>
    {
        public List<IReadOnlyDictionary<string, object?>> Logged { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Logged.Add(((IReadOnlyList<KeyValuePair<string, object?>>)state!).ToDictionary());
    }
}
