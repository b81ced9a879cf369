using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Tests.Events;

public sealed class SpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spool").FullName;

    private string FilePath => Path.Combine(_folder, "events.spool");

    [Fact]
    public void Peek_AfterARestart_GivesRecordsInOrder()
    {
        using (var first = new Spool(FilePath, 1 << 20))
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.True(first.TryAppend(Record(i)));
            }
        }

        using var second = new Spool(FilePath, 1 << 20);
        for (var i = 0; i < 100; i++)
        {
            var record = second.Peek(out var next)!;
            Assert.Equal((i, $"key{i}", "topic"), (record.Events, record.Key, record.Topic));
            Assert.Equal(Enumerable.Repeat((byte)i, i), record.Value);
            second.Advance(next);
        }

        Assert.True(second.IsEmpty);
        Assert.Equal(0, second.Bytes);
    }

    [Fact]
    public void OpenIn_HeldByAnotherReplica_TakesTheNext()
    {
        using var first = Spool.OpenIn(_folder, 1 << 20);
        using var second = Spool.OpenIn(_folder, 1 << 20);

        Assert.True(first.TryAppend(Record(1)));
        Assert.True(second.IsEmpty);
    }

    [Fact]
    public void TryAppend_OverTheBound_SaysNo()
    {
        using var spool = new Spool(FilePath, 200);

        Assert.True(spool.TryAppend(Record(90)));
        Assert.False(spool.TryAppend(Record(90)));
    }

    [Fact]
    public void Peek_TornOrDamagedFile_NeverThrowsAndEndsEmpty()
    {
        var random = new Random(5);
        for (var run = 0; run < 200; run++)
        {
            using (var spool = new Spool(FilePath, 1 << 20))
            {
                Assert.All(Enumerable.Range(0, 5), i => Assert.True(spool.TryAppend(Record(i))));
            }

            var bytes = File.ReadAllBytes(FilePath);
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(FilePath, bytes[..random.Next(bytes.Length)]);

            using var damaged = new Spool(FilePath, 1 << 20);
            for (var i = 0; i < 10 && damaged.Peek(out var next) is not null; i++)
            {
                damaged.Advance(next);
            }

            Assert.True(damaged.IsEmpty);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static EventRecord Record(int i) => new("topic", $"key{i}", [.. Enumerable.Repeat((byte)i, i)], i);
}
