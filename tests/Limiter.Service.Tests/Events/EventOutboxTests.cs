using Microsoft.Extensions.Logging.Abstractions;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Tests.Events;

public sealed class EventOutboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("outbox").FullName;

    [Fact]
    public async Task Send_LogAwayThenBack_DeliversEverythingInOrder()
    {
        var log = new SwitchedLog { IsAway = true };
        using var spool = new Spool(Path.Combine(_folder, "s"), 1 << 20);
        using var outbox = new EventOutbox(log, spool, TimeProvider.System, NullLogger<EventOutbox>.Instance);
        await outbox.StartAsync(CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            outbox.Send(Record(i));
        }

        Assert.Empty(log.Delivered);
        log.IsAway = false;
        await log.WaitForAsync(20);
        outbox.Send(Record(20));
        await log.WaitForAsync(21);

        Assert.Equal(Enumerable.Range(0, 21).Select(i => $"{i}"), log.Delivered);
        Assert.Equal(0, outbox.Lost);
        await outbox.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Send_SpoolFull_CountsWhatIsLost()
    {
        using var spool = new Spool(Path.Combine(_folder, "s"), 100);
        using var outbox = new EventOutbox(new SwitchedLog { IsAway = true }, spool, TimeProvider.System, NullLogger<EventOutbox>.Instance);

        for (var i = 0; i < 10; i++)
        {
            outbox.Send(Record(i));
        }

        Assert.Equal(18, outbox.Lost);   // records of 25 bytes and 3 events: four fit, six do not
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static EventRecord Record(int i) => new("t", $"{i}", [1, 2, 3], 3);

    private sealed class SwitchedLog : IEventLog
    {
        private readonly Lock _lock = new();
        private readonly List<string> _delivered = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _away;

        public bool IsAway
        {
            get => _away;
            set => _away = value;
        }

        public IReadOnlyList<string> Delivered
        {
            get
            {
                lock (_lock)
                {
                    return [.. _delivered];
                }
            }
        }

        public bool TrySend(EventRecord record, Action<EventRecord> lost)
        {
            lock (_lock)
            {
                if (!_away)
                {
                    _delivered.Add(record.Key);
                    _changed.TrySetResult();
                }

                return !_away;
            }
        }

        public Task<bool> SendAsync(EventRecord record, CancellationToken cancellationToken) => Task.FromResult(TrySend(record, _ => { }));

        public async Task WaitForAsync(int count)
        {
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (_delivered.Count >= count)
                    {
                        return;
                    }

                    _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    changed = _changed.Task;
                }

                await changed.WaitAsync(TimeSpan.FromSeconds(30));
            }
        }
    }
}
