using System.Runtime.CompilerServices;
using System.Text;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Tests.Clients;

public class ClientTableTests
{
    private static readonly Limit Ten = new(10, 1);

    [Fact]
    public void StateAndSplit_Are128BytesBesideTheKey() =>
        Assert.Equal(128, Unsafe.SizeOf<ClientState>() + Unsafe.SizeOf<ClientSplit>() - Unsafe.SizeOf<ClientFingerprint>());

    [Fact]
    public void Expect_AnybodyWhileTheTableGrowsAndEvicts_ChangesNothing()
    {
        const int Threads = 4;
        var table = new ClientTable(20_000);
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 60_000; i++)
            {
                // Each client's state says which it is; the ids of all threads overlap.
                var number = random.Next(1, Math.Min(i + 2, 40_000));
                var id = Encoding.UTF8.GetBytes($"client-{number}");
                var expected = table.ExpectState(table.ExpectIndex(id, policy: 0));
                table.ExpectState(table.ExpectIndex(Encoding.UTF8.GetBytes($"client-{random.Next(80_000)}"), policy: 0));
                using var entry = table.Enter(expected, policy: 0, TimeSpan.FromMilliseconds(i));
                if (entry.Kind == EntryKind.New)
                {
                    entry.State.Bucket = new TokenBucket(Ten, 10, TimeSpan.FromMilliseconds(i));
                    entry.State.Prediction = number;
                }

                Assert.True(entry.Kind is EntryKind.Known or EntryKind.New, $"{entry.Kind}");
                Assert.Equal(number, entry.State.Prediction);
            }
        });

        Assert.InRange(table.Count, 1, 20_000 + 256);   // rounded up to shards
    }

    [Fact]
    public void Enter_ExpectedWhereItDoesNotLive_IsFoundAllTheSame()
    {
        var table = new ClientTable(4_096);
        var random = new Random(83);
        for (var i = 0; i < 20_000; i++)
        {
            // Anywhere: what is looked up without the lock may be any word.
            var number = random.Next(1, 1_000);
            var client = ClientFingerprint.Of(Encoding.UTF8.GetBytes($"client-{number}"), policy: 0);
            var slot = random.Next(3) switch { 0 => random.Next(-1, 8), 1 => random.Next(1 << 20), _ => random.Next(int.MinValue, int.MaxValue) };
            using var entry = table.Enter(new ClientHandle(slot, client), policy: 0, TimeSpan.Zero);
            Assert.Equal(entry.Kind == EntryKind.New ? 0 : number, entry.State.Prediction);
            entry.State.Prediction = number;
        }
    }

    [Fact]
    public void Enter_ManyClients_AgreesWithADictionary()
    {
        var table = new ClientTable(1 << 18);
        var expected = new Dictionary<string, double>();
        var random = new Random(3);
        for (var i = 0; i < 100_000; i++)
        {
            var id = $"client-{random.Next(20_000)}{new string('x', random.Next(40))}";
            using var entry = table.Enter(Encoding.UTF8.GetBytes(id), policy: 0, TimeSpan.Zero);
            Assert.Equal(expected.ContainsKey(id) ? EntryKind.Known : EntryKind.New, entry.Kind);
            Assert.Equal(expected.GetValueOrDefault(id), entry.State.Prediction);
            expected[id] = entry.State.Prediction = i;
        }

        Assert.Equal(expected.Count, table.Count);
    }

    [Fact]
    public void Enter_SameIdUnderAnotherPolicy_IsAnotherClient()
    {
        var table = new ClientTable(1024);
        using (var first = table.Enter("a"u8, policy: 1, TimeSpan.Zero))
        {
            first.State.Prediction = 5;
        }

        using var second = table.Enter("a"u8, policy: 2, TimeSpan.Zero);

        Assert.Equal(EntryKind.New, second.Kind);
    }

    [Fact]
    public void Enter_TableFullOfFullBuckets_EvictsOneAndKeepsTheRest()
    {
        var table = new ClientTable(256);
        Fill(table, tokens: 10);
        var (held, evicted) = (table.Count, table.Evicted);

        var made = Fill(table, tokens: 10, prefix: "other");

        Assert.Equal(held, table.Count);
        Assert.Equal(made, table.Evicted - evicted);
        Assert.Equal(0, table.Refused);
    }

    [Fact]
    public void Enter_OnlyUsedBuckets_SharesTheOverflowStateAndEvictsNobody()
    {
        var table = new ClientTable(256);
        Fill(table, tokens: 0);

        var overflowed = 0;
        for (var i = 0; i < 5_000; i++)
        {
            using var entry = table.Enter(Encoding.UTF8.GetBytes($"other{i}"), policy: 0, TimeSpan.Zero);
            overflowed += entry.Kind is EntryKind.Overflow or EntryKind.NewOverflow ? 1 : 0;
        }

        Assert.Equal(5_000, overflowed);
        Assert.Equal(0, table.Evicted);
        Assert.Equal(5_000, table.Refused - 20_000 + 256, 1.0);   // Fill asked 20,000 times for 256 places
    }

    [Fact]
    public void Enter_OnlyUsedBucketsUnderManyPolicies_SharesAtMost64OverflowStatesAShard()
    {
        const int Shards = 256;
        var table = new ClientTable(Shards);
        Fill(table, tokens: 0);

        var made = 0;
        for (var i = 0; i < 400_000; i++)   // 23 or more for each state: a shard that lacks one of its clients is one in a million runs
        {
            using var entry = table.Enter(Encoding.UTF8.GetBytes($"other{i}"), policy: i % 1_000, TimeSpan.Zero);
            Assert.True(entry.Kind is EntryKind.Overflow or EntryKind.NewOverflow, $"{entry.Kind}");
            made += entry.Kind == EntryKind.NewOverflow ? 1 : 0;
        }

        Assert.Equal(63 * Shards, made);   // policy 0's are there from filling
        Assert.Equal(0, table.Evicted);
    }

    [Fact]
    public void Enter_ByHandleAfterEviction_FindsNobody()
    {
        var table = new ClientTable(256);
        ClientHandle handle;
        using (var entry = table.Enter("first"u8, policy: 0, TimeSpan.Zero))
        {
            entry.State.Bucket = new TokenBucket(Ten, 10, TimeSpan.Zero);
            handle = entry.Handle;
        }

        using (var again = table.Enter(handle))
        {
            Assert.True(again.Exists);
        }

        Fill(table, tokens: 10, start: TimeSpan.FromSeconds(1));
        using var gone = table.Enter(handle);

        Assert.False(gone.Exists);
    }

    [Fact]
    public void Enter_EvictionAndReturn_NeverLosesAnotherClient()
    {
        // Removal shifts probe runs back: whoever stays must still be found.
        var table = new ClientTable(2048);
        var random = new Random(11);
        var known = new HashSet<string>();
        for (var i = 0; i < 60_000; i++)
        {
            var id = $"{random.Next(6_000)}";
            var evictedBefore = table.Evicted;
            using var entry = table.Enter(Encoding.UTF8.GetBytes(id), policy: 0, TimeSpan.FromMilliseconds(i));
            if (entry.Kind == EntryKind.New)
            {
                entry.State.Bucket = new TokenBucket(Ten, 10, TimeSpan.FromMilliseconds(i));
                known.Add(id);
            }
        }

        var found = known.Count(id =>
        {
            using var entry = table.EnterKnown(Encoding.UTF8.GetBytes(id), policy: 0);
            return entry.Exists;
        });

        Assert.Equal(table.Count, found);
    }

    // Until no shard has a place left; tokens below the capacity make a bucket that must not be forgotten.
    private static int Fill(ClientTable table, double tokens, string prefix = "client", TimeSpan start = default)
    {
        var made = 0;
        for (var i = 0; i < 20_000; i++)
        {
            using var entry = table.Enter(Encoding.UTF8.GetBytes($"{prefix}{i}"), policy: 0, start);
            if (entry.Kind is EntryKind.New or EntryKind.NewOverflow)
            {
                entry.State.Bucket = new TokenBucket(Ten, tokens, start);
                made += entry.Kind == EntryKind.New ? 1 : 0;
            }
        }

        return made;
    }
}
