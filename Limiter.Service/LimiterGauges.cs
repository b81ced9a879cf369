using System.Diagnostics.Metrics;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter;

/// <summary>The instruments that are read when somebody scrapes.</summary>
internal sealed class LimiterGauges : IHostedService
{
    public LimiterGauges(LimiterMetrics metrics, ClientTable clients, BackendDirectory backends, PolicyHolder policies, EventOutbox outbox, LimiterStatusReporter status)
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
        Gauge(meter, backends, "limiter.backend.reserved_share", "1", "What clients with a priority reserve ask for of it, of the parent rate.", c => c.ReservedShare);
        AddExperiments(meter, backends);
        AddAutoModels(meter, policies);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void AddExperiments(Meter meter, BackendDirectory backends)
    {
        meter.CreateObservableCounter("limiter.backend.probes", () => Of(backends, b => b.Probes.Admitted), "{decision}", "Requests let through to learn from.");
        meter.CreateObservableCounter("limiter.backend.probe_cost", () => Of(backends, b => b.Probes.Spent), "{token}", "What probes cost.");
        meter.CreateObservableGauge("limiter.backend.probe_budget", () => Of(backends, b => b.Probes.Rate), "{token}/s", "What probes may cost.");
        meter.CreateObservableGauge("limiter.backend.probe_scale", () => Of(backends, b => b.Probes.Scale), "1", "What of the policies' probe shares is drawn.");
        meter.CreateObservableGauge("limiter.backend.dithered_clients", () => Of(backends, b => b.Dither?.Moved ?? 0), "{client}", "Clients whose rate chance moves.");
        meter.CreateObservableGauge("limiter.backend.dither_ups", () => Of(backends, b => b.Dither?.Ups ?? 0), "{token}/s", "What steps up add.");
    }

    private static void AddAutoModels(Meter meter, PolicyHolder policies)
    {
        IEnumerable<Measurement<double>> Read(Func<AutoModel, double> read) => policies.Current.Policies
            .Where(policy => policy.Auto is not null).Select(policy => new Measurement<double>(read(policy.Auto!), Tag("policy", policy.Name)));

        meter.CreateObservableGauge("limiter.auto_model.on", () => Read(auto => auto.State == AutoState.On ? 1 : 0), "1", "1 while a policy's auto model governs; 0 in shadow or on trial.");
        meter.CreateObservableGauge("limiter.auto_model.governed_loss", () => Read(auto => auto.Last.GovernedLoss), "1", "Share wrongly throttled, late or failed of what governed clients ask for.");
        meter.CreateObservableGauge("limiter.auto_model.other_loss", () => Read(auto => auto.Last.OthersLoss), "1", "The same of clients that the model does not govern.");
        meter.CreateObservableGauge("limiter.auto_model.p_value", () => Read(auto => auto.Last.PValue), "1", "Chance that the governed look as much worse by chance alone.");
    }

    private static IEnumerable<Measurement<T>> Of<T>(BackendDirectory backends, Func<Backend, T> read)
        where T : struct => backends.All.Select(b => new Measurement<T>(read(b), Tag("backend", b.Name)));

    private static void Gauge(
        Meter meter, BackendDirectory backends, string name, string unit, string description, Func<BackendController, double> read) =>
        meter.CreateObservableGauge(
            name, () => Of(backends, b => read(b.Controller)), unit, description);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
