using System.Text;
using Confluent.Kafka;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Events;

/// <summary>Publishes explanations to topic <c>shap-values</c>, keyed by client so that a client's order is kept.</summary>
/// <remarks>Enqueueing never waits: librdkafka holds a bounded queue of its own; what does not fit is dropped and counted.</remarks>
internal sealed class ShapPublisher(IProducer<byte[], byte[]> producer, FeatureSchema schema, ExplainerMetrics metrics)
{
    public void Publish(ExplainedDecision explanation)
    {
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(explanation.ClientId),
            Value = EventJson.Write(explanation.ToEvent(schema)),
            Timestamp = new Timestamp(explanation.DecidedAt),
        };
        try
        {
            producer.Produce(Topics.ShapValues, message, Delivered);
        }
        catch (ProduceException<byte[], byte[]> fault) when (fault.Error.Code == ErrorCode.Local_QueueFull)
        {
            metrics.Dropped("kafka_queue_full");
        }
    }

    private void Delivered(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            metrics.Dropped("kafka_failed");
        }
        else
        {
            metrics.Published();
        }
    }
}
