using Confluent.Kafka;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Reads topic shap-values from its end on: whoever opens the dashboard wants to see what happens now.</summary>
internal sealed class ShapReader(KafkaConsumerFactory consumers, SuiteState state, DashboardMetrics metrics, TimeProvider time, ILogger<ShapReader> logger)
    : KafkaReader(consumers, new KafkaReaderOptions { Topics = [Topics.ShapValues], OwnOffsets = true }, time, logger)
{
    private readonly ReadingBudget _budget = new(time);
    private readonly TimeProvider _time = time;

    protected override Offset StartOf(TopicPartition partition, string logIdentity) => Offset.End;

    protected override void Handle(ConsumeResult<byte[], byte[]> record)
    {
        if (!_budget.Admits())
        {
            state.Shap.Skip();
            return;
        }

        var started = _time.GetTimestamp();
        var values = EventJson.ReadShapValues(record.Message.Value);
        state.Shap.Add(values);
        metrics.Read(_time.GetUtcNow() - values.Timestamp);
        _budget.Spend(_time.GetElapsedTime(started));
    }
}
