using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.RateLimiting;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Trees;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>One adaptive decision in process (features, prediction, bucket), against .NET's own limiter with a fixed rate.</summary>
internal sealed class DecideBenchmark : IBenchmark
{
    private const int OrderLength = 1 << 21;
    private const int LatencySamples = 1_000_000;

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
        var perClient = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / clients;

        before = GC.GetTotalMemory(forceFullCollection: true);
        using var peer = Fixed();
        Array.ForEach(names, name => peer.AttemptAcquire(name).Dispose());
        var perKey = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / clients;

        foreach (var threads in new[] { 1, 2 })
        {
            using var helper = threads == 2 ? new Helper() : null;
            var conditions = $"{clients:N0} clients, {threads} thread(s), 200 trees × 31 leaves";
            context.CompareTime(
                $"decide, {clients:N0} clients, {threads} thread(s)",
                conditions,
                new Contender("ours", count => OnThreads(helper, count, (from, to) => Ours(ours, ids, order, from, to))),
                new Contender("PartitionedRateLimiter", count => OnThreads(helper, count, (from, to) => Theirs(peer, names, order, from, to))));
        }

        if (clients > 1)
        {
            context.Add(new BenchmarkRow(
                $"memory of a client, {clients:N0} clients", perClient, perKey, "PartitionedRateLimiter", perKey / perClient, "B",
                "managed bytes; ours keeps a 128-bit fingerprint of the key, theirs is told without its key"));
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

    private static void Theirs(PartitionedRateLimiter<string> limiter, string[] names, int[] order, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            limiter.AttemptAcquire(names[order[i & (OrderLength - 1)]]).Dispose();
        }
    }

    private static void OnThreads(Helper? helper, int count, Action<int, int> run)
    {
        if (helper is null)
        {
            run(0, count);
            return;
        }

        helper.Begin(() => run(count / 2, count));
        run(0, count / 2);
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
