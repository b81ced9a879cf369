using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Kafka;

public sealed class KafkaOutageTests
{
    private static readonly Error AllDown = new(ErrorCode.Local_AllBrokersDown);

    private readonly ManualTimeProvider _clock = new();
    private readonly Lines _lines = new();
    private readonly KafkaOutage _outage;

    public KafkaOutageTests()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        _outage = new KafkaOutage(new KafkaMetrics(meters), _clock, _lines);
    }

    [Fact]
    public void Report_ManyTimes_SaysItOnce()
    {
        for (var i = 0; i < 100; i++)
        {
            _outage.Report(AllDown);
            _clock.Advance(TimeSpan.FromSeconds(10));   // librdkafka's longest pause between attempts
        }

        Assert.Equal([LogLevel.Warning], _lines.Levels);
        Assert.Equal(1, _outage.Count);
        Assert.True(_outage.IsAway);
    }

    [Fact]
    public void Over_AfterAnOutage_SaysItOnce()
    {
        _outage.Report(AllDown);

        _outage.Over();
        _outage.Over();

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _lines.Levels);
        Assert.False(_outage.IsAway);
    }

    [Fact]
    public void Report_AfterQuiet_IsAnotherOutage()
    {
        _outage.Report(AllDown);
        _clock.Advance(KafkaOutage.QuietAfter);
        Assert.False(_outage.IsAway);

        _outage.Report(AllDown);

        Assert.Equal(2, _outage.Count);
        Assert.Equal([LogLevel.Warning, LogLevel.Warning], _lines.Levels);
    }

    [Fact]
    public void Report_OfOneConnection_IsNoOutage()
    {
        _outage.Report(new Error(ErrorCode.Local_Transport));
        _outage.Report(new Error(ErrorCode.Local_TimedOut));

        Assert.Empty(_lines.Levels);
        Assert.Equal(0, _outage.Count);
    }

    [Fact]
    public void Report_Fatal_IsAnError()
    {
        _outage.Report(new Error(ErrorCode.Local_Fatal, "fenced", isFatal: true));

        Assert.Equal([LogLevel.Error], _lines.Levels);
    }

    private sealed class Lines : ILogger<KafkaOutage>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Levels.Add(logLevel);
    }
}
