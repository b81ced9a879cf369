using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>What readers did; tagged with the topic.</summary>
internal sealed class KafkaMetrics
{
    public const string MeterName = "RateLimitSuite.Kafka";

    private readonly Counter<long> _handled;
    private readonly Counter<long> _bad;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _outages;

    public KafkaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _handled = meter.CreateCounter<long>("kafka.reader.records", "{record}", "Records handled.");
        _bad = meter.CreateCounter<long>("kafka.reader.bad_records", "{record}", "Records that could not be read and were skipped.");
        _retried = meter.CreateCounter<long>("kafka.reader.retries", "{attempt}", "Attempts at a record that waits for something else to be back.");
        _outages = meter.CreateCounter<long>("kafka.outages", "{outage}", "Times that no broker could be reached.");
    }

    public void Handled(string topic) => _handled.Add(1, Tag(topic));

    public void Bad(string topic) => _bad.Add(1, Tag(topic));

    public void Retried(string topic) => _retried.Add(1, Tag(topic));

    public void Outage() => _outages.Add(1);

    private static TagList Tag(string topic) => new() { { "topic", topic } };
}
