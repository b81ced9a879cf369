using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace RateLimitSuite.ServiceDefaults.Tests.Kafka;

/// <summary>Hands what it reads to the test, after asking the test whether to fail.</summary>
internal sealed class RecordingReader(KafkaConsumerFactory consumers, KafkaReaderOptions options)
    : KafkaReader(consumers, options, TimeProvider.System, NullLogger.Instance)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Channel<string> _handled = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Action<string> Before { get; set; } = _ => { };

    public Func<TopicPartition, string, Offset> Start { get; set; } = (_, _) => Offset.Beginning;

    public string? Known { get; set; }

    public ConcurrentQueue<string> Identities { get; } = [];

    public Task CaughtUpTask => _caughtUp.Task.WaitAsync(Longest);

    protected override string? KnownLogIdentity => Known;

    public async Task<string> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Longest);
        return await _handled.Reader.ReadAsync(timeout.Token);
    }

    public async Task<string[]> NextAsync(int count)
    {
        var values = new string[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = await NextAsync();
        }

        return values;
    }

    protected override void Handle(ConsumeResult<byte[], byte[]> record)
    {
        var value = Encoding.UTF8.GetString(record.Message.Value);
        Before(value);
        _handled.Writer.TryWrite(value);
    }

    protected override Offset StartOf(TopicPartition partition, string logIdentity)
    {
        Identities.Enqueue(logIdentity);
        return Start(partition, logIdentity);
    }

    protected override void CaughtUp() => _caughtUp.TrySetResult();
}
