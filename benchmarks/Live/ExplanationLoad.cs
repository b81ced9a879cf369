using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>Explanations on topic shap-values at a steady rate, each stamped when it is made.</summary>
internal sealed class ExplanationLoad(string broker, int perSecond) : IDisposable
{
    private const int Clients = 200;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly string[] Names = [.. FeatureSchema.V1.Names];

    private readonly IProducer<byte[], byte[]> _producer = new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig { BootstrapServers = broker, LingerMs = 5, QueueBufferingMaxMessages = 10_000 }).Build();

    private readonly Random _random = new(42);
    private long _sent;

    /// <summary>Explanations so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public Task RunAsync(CancellationToken stop) => Task.Run(async () =>
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Tick);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                for (var due = (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond); _sent < due; _sent++)
                {
                    Send();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }, CancellationToken.None);

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
    }

    private void Send()
    {
        var client = $"client-{_random.Next(Clients)}";
        double[] features = [_random.Next(100), 0.1 * _random.NextDouble(), _random.NextDouble(), 14, _random.Next(2_000), _random.NextDouble()];
        double[] shap = [-0.2 * (features[0] - 50), -3 * features[1], -6 * features[2], 0.4, 0.0005 * (1_000 - features[4]), 14.2 * (features[5] - 0.6)];
        var values = new ShapValues
        {
            RequestId = Guid.CreateVersion7().ToString(),
            Timestamp = TimeProvider.System.GetUtcNow(),
            ClientId = client,
            Subnet = "10.1.2.0/24",
            Allowed = _random.Next(10) > 0,
            DecidedBy = "bucket",
            Reason = "within_limit",
            Prediction = 32 + shap.Sum(),
            RefillRate = 32 + shap.Sum(),
            BaseValue = 32,
            Shap = shap,
            Features = features,
            FeatureNames = Names,
            ModelVersion = "m-bench",
            Mode = "interventional",
        };
        try
        {
            _producer.Produce(Topics.ShapValues, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(client), Value = EventJson.Write(values) });
        }
        catch (ProduceException<byte[], byte[]> fault) when (fault.Error.Code == ErrorCode.Local_QueueFull)
        {
            // The broker is slower than the rate asked for; what is shown is the rate that came through.
            Interlocked.Decrement(ref _sent);
        }
    }
}
