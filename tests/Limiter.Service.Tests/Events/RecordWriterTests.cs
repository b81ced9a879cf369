using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Events;

namespace RateLimitSuite.Limiter.Tests.Events;

public sealed class RecordWriterTests
{
    [Fact]
    public void TakeAll_EventsOfSeveralKeys_AreWholeBatchesOfEachKeyInOrder()
    {
        var writer = Writer();
        for (var i = 0; i < 100; i++)
        {
            writer.Add(i % 2 == 0 ? "even" : "odd", Event(i));
        }

        var records = writer.TakeAll();

        Assert.Equal(["even", "odd"], records.Select(record => record.Key).Order());
        foreach (var record in records)
        {
            var batch = DecisionBatch.Parser.ParseFrom(record.Value);
            Assert.Equal((Topics.Decisions, "here", "hash", 50), (record.Topic, batch.Replica, batch.SchemaHash, record.Events));
            Assert.Equal(Enumerable.Range(0, 50).Select(i => Event((2 * i) + (record.Key == "odd" ? 1 : 0))), batch.Decisions);
        }
    }

    [Fact]
    public void Add_EventChangedAfterwards_StaysAsItWas()
    {
        var writer = Writer();
        var decision = Event(1);
        writer.Add("key", decision);
        decision.ClientId = "another";

        Assert.Equal(Event(1), DecisionBatch.Parser.ParseFrom(writer.TakeAll().Single().Value).Decisions.Single());
    }

    [Fact]
    public void Add_ManyEvents_FillRecordsBelowTheHeapOfLargeObjects()
    {
        const int LargeObjectBytes = 85_000;
        var writer = Writer();
        for (var i = 0; i < 5_000; i++)
        {
            writer.Add("key", Event(i));
        }

        var records = writer.TakeAll();

        Assert.True(records.Count > 1);
        Assert.All(records, record => Assert.InRange(record.Value.Length, 1, LargeObjectBytes));
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"r{i}"), records.SelectMany(r => DecisionBatch.Parser.ParseFrom(r.Value).Decisions).Select(d => d.RequestId));
    }

    [Fact]
    public void Add_MoreThanTheBound_DropsAndCounts()
    {
        var writer = Writer(eventsMax: 10);
        for (var i = 0; i < 25; i++)
        {
            writer.Add("key", Event(i));
        }

        Assert.Equal((10, 15L), (writer.Count, writer.Dropped));
        Assert.Equal(10, writer.TakeAll().Single().Events);
        writer.Add("key", Event(0));
        Assert.Equal((1, 15L), (writer.Count, writer.Dropped));
    }

    [Fact]
    public void Add_Gathered_NumbersThemOverAllKeysAndLeavesGapsWhereItDrops()
    {
        var writer = new RecordWriter(Topics.Decisions, new DecisionBatch(), DecisionBatch.DecisionsFieldNumber, eventsMax: 300, Decision.SeqFieldNumber);
        var events = Gathered(("a", 200), ("b", 70), ("a", 100));

        writer.Add(events);
        var first = Numbers(writer);
        writer.Add(events);
        var second = Numbers(writer);

        Assert.Equal(300, first["a"].Length + first["b"].Length);
        Assert.Equal(Range(1, 200).Concat(Range(271, 30)), first["a"]);
        Assert.Equal(Range(201, 70), first["b"]);
        Assert.Equal(Range(371, 200).Concat(Range(641, 30)), second["a"]);
        Assert.Equal(140, writer.Dropped);
    }

    [Fact]
    public void Add_GatheredByManyThreads_KeepsTheOrderOfNumbersInEveryRecord()
    {
        var writer = new RecordWriter(Topics.Decisions, new DecisionBatch(), DecisionBatch.DecisionsFieldNumber, eventsMax: 1_000_000, Decision.SeqFieldNumber);
        Parallel.For(0, 400, _ => writer.Add(Gathered(("a", 40))));

        Assert.Equal(Range(1, 16_000), Numbers(writer)["a"]);
    }

    [Fact]
    public void TakeAll_NothingWaits_GivesNothing()
    {
        var writer = Writer();
        writer.Add("key", Event(0));
        writer.TakeAll();

        Assert.Empty(writer.TakeAll());
        Assert.Empty(writer.TakeAll());
    }

    [Fact]
    public void Add_FromManyThreadsWhileTaken_LosesAndDoublesNothing()
    {
        const int Threads = 4, Each = 5_000;
        var writer = Writer();
        var taken = new List<EventRecord>();
        var done = 0;
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                writer.Add($"key{i % 3}", Event((t * Each) + i));
            }

            Interlocked.Increment(ref done);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        while (Volatile.Read(ref done) < Threads)
        {
            taken.AddRange(writer.TakeAll());
        }

        taken.AddRange(writer.TakeAll());
        var ids = taken.SelectMany(record => DecisionBatch.Parser.ParseFrom(record.Value).Decisions).Select(decision => decision.RequestId).ToArray();
        Assert.Equal(Threads * Each, ids.Length);
        Assert.Equal(Threads * Each, ids.Distinct().Count());
        Assert.Equal(ids.Length, taken.Sum(record => record.Events));
    }

    private static EncodedEvents Gathered(params (string Key, int Count)[] runs)
    {
        var events = new EncodedEvents();
        foreach (var (key, count) in runs)
        {
            for (var i = 0; i < count; i++)
            {
                events.Add(key, new Decision { RequestId = $"r{i}" }, DecisionEncoder.SizeMax, DecisionEncoder.Write);
            }
        }

        return events;
    }

    private static Dictionary<string, ulong[]> Numbers(RecordWriter writer) => writer.TakeAll()
        .SelectMany(record => DecisionBatch.Parser.ParseFrom(record.Value).Decisions.Select(decision => (record.Key, decision.Seq)))
        .GroupBy(each => each.Key, each => each.Seq)
        .ToDictionary(group => group.Key, group => group.ToArray());

    private static IEnumerable<ulong> Range(int start, int count) => Enumerable.Range(start, count).Select(i => (ulong)i);

    private static RecordWriter Writer(int eventsMax = 1_000_000) =>
        new(Topics.Decisions, new DecisionBatch { Replica = "here", SchemaHash = "hash" }, DecisionBatch.DecisionsFieldNumber, eventsMax);

    private static Decision Event(int i) => new()
    {
        RequestId = $"r{i}", ClientId = $"client {i} ü", Seq = (ulong)i, Features = { 0, i, 0.5 }, Prediction = i, Allowed = i % 3 == 0, Cost = 1,
    };
}
