using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.RateLimiting;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Trees;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>One adaptive decision in process (features, prediction, bucket), against .NET's own limiter with a fixed rate.</summary>
internal sealed class DecideBenchmark : IBenchmark
{
    private const int OrderLength = 1 << 21;
    private const int MessageLength = 64;
    private const int LatencySamples = 1_000_000;

    private static readonly byte[][] Message = new byte[MessageLength][];

    public string Name => "decide";

    public string Description => "one adaptive decision in process, against PartitionedRateLimiter with a fixed rate, 1, 10k and 1M clients";

    public void Run(BenchmarkContext context)
    {
        using var model = BenchmarkModel.Train(5, context);
        var predictor = Predictor.Compile(model.Ensemble);
        foreach (var clients in new[] { 1, 10_000, 1_000_000 })
        {
            Compare(context, predictor, clients);
        }
    }

    private static void Compare(BenchmarkContext context, Predictor predictor, int clients)
    {
        var names = Enumerable.Range(0, clients).Select(i => string.Create(CultureInfo.InvariantCulture, $"client-{i:0000000}")).ToArray();
        var ids = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
        var order = Order(clients);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ours = new ServedEngine(predictor, clients);
        Array.ForEach(ids, ours.Decide);
        var perClient = (double)(GC.GetTotalMemory(forceFullCollection: true) - before + ours.NativeBytes) / clients;

        before = GC.GetTotalMemory(forceFullCollection: true);
        using var peer = Fixed();
        Array.ForEach(names, name => peer.AttemptAcquire(name).Dispose());
        var perKey = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / clients;

        foreach (var threads in new[] { 1, 2 })
        {
            using var helper = threads == 2 ? new Helper() : null;
            var conditions = $"{clients:N0} clients, {threads} thread(s), 200 trees × 31 leaves";
            Action<string, string, Contender, Contender[]> compare = threads == 1 ? context.CompareProcessorTime : context.CompareTime;
            compare(
                $"decide, {clients:N0} clients, {threads} thread(s)",
                conditions,
                GoingOn("ours", (from, to) => OnThreads(helper, from, to, (begin, end) => Ours(ours, ids, order, begin, end))),
                [GoingOn("PartitionedRateLimiter", (from, to) => OnThreads(helper, from, to, (begin, end) => Theirs(peer, names, order, begin, end)))]);
        }

        context.CompareProcessorTime(
            $"decide, {clients:N0} clients, {MessageLength} a message",
            $"{clients:N0} clients, 200 trees × 31 leaves; ours is told of a message's clients before it decides and reads the clock once, as over a stream",
            GoingOn("ours", (from, to) => Messages(ours, ids, order, from, to)),
            GoingOn("PartitionedRateLimiter", (from, to) => Theirs(peer, names, order, from, to)));
        if (clients > 1)
        {
            context.Add(new BenchmarkRow(
                $"memory of a client, {clients:N0} clients", perClient, perKey, "PartitionedRateLimiter", perKey / perClient, "B",
                "of the heap and, for ours, of the system; ours keeps a 128-bit fingerprint of the key, theirs is told without its key"));
        }

        Latency(context, ours, ids, order, clients);
    }

    // Each decision by itself, two clock reads included.
    private static void Latency(BenchmarkContext context, ServedEngine ours, byte[][] ids, int[] order, int clients)
    {
        var times = new long[LatencySamples];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            ours.Decide(ids[order[i]]);
            times[i] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(times);
        var nanoseconds = 1e9 / Stopwatch.Frequency;
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999) })
        {
            context.Add(new BenchmarkRow(
                $"decide {name}, {clients:N0} clients", times[(int)(share * times.Length)] * nanoseconds, null, null, null, "ns", "one thread, clock reads included"));
        }
    }

    private static void Ours(ServedEngine engine, byte[][] ids, int[] order, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            engine.Decide(ids[order[i & (OrderLength - 1)]]);
        }
    }

    private static void Messages(ServedEngine engine, byte[][] ids, int[] order, int from, int to)
    {
        Span<ClientFingerprint> scratch = stackalloc ClientFingerprint[MessageLength];
        for (var begin = from; begin < to; begin += MessageLength)
        {
            var clients = Message.AsSpan(0, Math.Min(to - begin, MessageLength));
            for (var i = 0; i < clients.Length; i++)
            {
                clients[i] = ids[order[(begin + i) & (OrderLength - 1)]];
            }

            engine.Expect(clients, scratch);
            var now = engine.Now;
            foreach (var client in clients)
            {
                engine.Decide(client, now);
            }
        }
    }

    private static void Theirs(PartitionedRateLimiter<string> limiter, string[] names, int[] order, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            limiter.AttemptAcquire(names[order[i & (OrderLength - 1)]]).Dispose();
        }
    }

    // Each sample goes on where the last one ended: from the start again, it would only ever meet the clients of one sample, which a cache holds.
    private static Contender GoingOn(string name, Action<int, int> run)
    {
        var at = 0;
        return new Contender(name, count =>
        {
            run(at, at + count);
            at = (at + count) & (OrderLength - 1);
        });
    }

    private static void OnThreads(Helper? helper, int from, int to, Action<int, int> run)
    {
        if (helper is null)
        {
            run(from, to);
            return;
        }

        var middle = from + ((to - from) / 2);
        helper.Begin(() => run(middle, to));
        run(from, middle);
        helper.Wait();
    }

    private static PartitionedRateLimiter<string> Fixed() => PartitionedRateLimiter.Create<string, string>(
        name => RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = int.MaxValue,
            TokensPerPeriod = 1_000,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = false,
        }));

    private static int[] Order(int clients)
    {
        var random = new Random(7);
        var order = new int[OrderLength];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = random.Next(clients);
        }

        return order;
    }
}
