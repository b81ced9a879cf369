using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Confluent.Kafka;

/// <summary>Healthy when a broker takes a record of topic <c>healthchecks-topic</c> within a second.</summary>
internal sealed class KafkaHealthCheck(ClientConfig client) : IHealthCheck, IDisposable
{
    private const string Topic = "healthchecks-topic";
    private const int TimeoutMs = 1000;

    private IProducer<string, string>? _producer;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            _producer ??= Build();
            var delivery = await _producer.ProduceAsync(Topic, new Message<string, string> { Key = "healthcheck", Value = "ok" }, cancellationToken);
            return delivery.Status == PersistenceStatus.NotPersisted
                ? new HealthCheckResult(context.Registration.FailureStatus, "The broker did not keep the record.")
                : HealthCheckResult.Healthy();
        }
        catch (KafkaException error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, error.Error.Reason, error);
        }
    }

    public void Dispose() => _producer?.Dispose();

    private IProducer<string, string> Build()
    {
        var config = new ProducerConfig
        {
            BootstrapServers = client.BootstrapServers,
            SecurityProtocol = client.SecurityProtocol,
            SaslMechanism = client.SaslMechanism,
            SaslUsername = client.SaslUsername,
            SaslPassword = client.SaslPassword,
            SslCaLocation = client.SslCaLocation,
            SocketTimeoutMs = TimeoutMs,
            MessageTimeoutMs = TimeoutMs,
        };
        // The answer of the check says it; a line a second in the log would say no more.
        return new ProducerBuilder<string, string>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }
}
