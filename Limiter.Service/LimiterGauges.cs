using System.Diagnostics.Metrics;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter;

/// <summary>The instruments that are read when somebody scrapes.</summary>
internal sealed class LimiterGauges : IHostedService
{
    public LimiterGauges(LimiterMetrics metrics, ClientTable clients, BackendDirectory backends, EventOutbox outbox, LimiterStatusReporter status)
    {
        var meter = metrics.Meter;
        meter.CreateObservableGauge("limiter.clients", () => clients.Count, "{client}", "Clients in the table.");
        meter.CreateObservableCounter("limiter.clients_evicted", () => clients.Evicted, "{client}", "Clients forgotten to make room.");
        meter.CreateObservableGauge("limiter.spool", () => outbox.SpooledBytes, "By", "Events on disk that wait for Kafka.");
        meter.CreateObservableCounter(
            "limiter.drops",
            () => status.Drops().Select(drop => new Measurement<long>(drop.Value, Tag("cause", drop.Name))),
            "{item}",
            "What was dropped at a bound, by cause.");
        Gauge(meter, backends, "limiter.backend.parent_rate", "{token}/s", "Rate that a backend's clients share.", c => c.ParentRate);
        Gauge(meter, backends, "limiter.backend.in_flight", "{token}", "Admitted and not known to be done.", c => c.InFlight);
        Gauge(meter, backends, "limiter.backend.in_flight_cap", "{token}", "Most in flight; 0: no cap in force.", c => c.Cap);
        Gauge(meter, backends, "limiter.backend.base_latency", "s", "Latency without a queue.", c => c.BaseLatencySeconds);
        Gauge(meter, backends, "limiter.backend.completion_rate", "{token}/s", "What the backend completed in the last window.", c => c.CompletionRate);
        Gauge(meter, backends, "limiter.backend.observed", "1", "1 while enough outcomes are reported to steer by.", c => c.Observed ? 1 : 0);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Gauge(
        Meter meter, BackendDirectory backends, string name, string unit, string description, Func<BackendController, double> read) =>
        meter.CreateObservableGauge(
            name, () => backends.All.Select(b => new Measurement<double>(read(b.Controller), Tag("backend", b.Name))), unit, description);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
