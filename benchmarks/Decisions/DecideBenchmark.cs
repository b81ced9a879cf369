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
    private const int ChunkLength = 1 << 12;
    private const int ClientsCachedMax = 10_000;
    private const int RoundsPerSample = 5;
    private const int LatencySamples = 1_000_000;

    private static readonly TimeSpan WholeRun = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

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
        var requests = new KeyedRequests(clients, OrderLength);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var ours = new ServedEngine(predictor, clients);
        for (var client = 0; client < clients; client++)
        {
            ours.Decide(Encoding.UTF8.GetBytes(KeyedRequests.KeyOf(client)));
        }

        var perClient = (double)(GC.GetTotalMemory(forceFullCollection: true) - before + ours.NativeBytes) / clients;
        var (singly, inMessages) = (ProcessTime((from, to) => Ours(ours, requests, from, to)), ProcessTime((from, to) => Messages(ours, requests, from, to)));

        before = GC.GetTotalMemory(forceFullCollection: true);
        using var peer = Fixed();
        for (var client = 0; client < clients; client++)
        {
            peer.AttemptAcquire(KeyedRequests.KeyOf(client)).Dispose();
        }

        var perKey = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / clients;

        foreach (var threads in new[] { 1, 2 })
        {
            using var helper = threads == 2 ? new Helper() : null;
            var conditions = $"{clients:N0} clients, {threads} thread(s), 200 trees × 31 leaves; each request brings its own key";
            Action<string, string, Contender, Contender[]> compare = threads == 1 ? context.CompareProcessorTime : context.CompareTime;
            compare(
                $"decide, {clients:N0} clients, {threads} thread(s)",
                conditions,
                GoingOn(clients, "ours", (from, to) => OnThreads(helper, from, to, (begin, end) => Ours(ours, requests, begin, end))),
                [GoingOn(clients, "PartitionedRateLimiter", (from, to) => OnThreads(helper, from, to, (begin, end) => Theirs(peer, requests, begin, end)))]);
        }

        context.CompareProcessorTime(
            $"decide, {clients:N0} clients, {MessageLength} a message",
            $"{clients:N0} clients, 200 trees × 31 leaves; each request brings its own key; ours is told of a message's clients before it decides and reads the clock once, as over a stream",
            GoingOn(clients, "ours", (from, to) => Messages(ours, requests, from, to)),
            GoingOn(clients, "PartitionedRateLimiter", (from, to) => Theirs(peer, requests, from, to)));
        if (clients > 1)
        {
            context.CompareProcessorTime(
                $"decide, {clients:N0} clients, features of their own",
                $"{clients:N0} clients, one at a time, 200 trees × 31 leaves; each has a risk, request size and reputation of its own, so that few predictions are remembered",
                GoingOn(clients, "ours", (from, to) => OurOwn(ours, requests, from, to)),
                GoingOn(clients, "PartitionedRateLimiter", (from, to) => Theirs(peer, requests, from, to)));
        }

        WholeProcess(context, clients, singly, inMessages, ProcessTime((from, to) => Theirs(peer, requests, from, to)));
        if (clients > 1)
        {
            context.Add(new BenchmarkRow(
                $"memory of a client, {clients:N0} clients", perClient, perKey, "PartitionedRateLimiter", perKey / perClient, "B",
                "of the heap and, for ours, of the system; ours keeps a 128-bit fingerprint of the key, theirs is told without its key"));
        }

        Latency(context, ours, requests, clients);
    }

    // What the machine spends on a decision. Theirs refills its buckets on a timer's thread, one after the other and ten times a second, which
    // the time of the deciding thread leaves out; ours has nothing to do on any other thread and refills as it decides.
    private static void WholeProcess(BenchmarkContext context, int clients, double singly, double inMessages, double theirs)
    {
        foreach (var (ours, how) in new[] { (singly, "one at a time"), (inMessages, $"{MessageLength} a message") })
        {
            context.Add(new BenchmarkRow(
                $"decide, {clients:N0} clients, all threads", ours, theirs, "PartitionedRateLimiter", theirs / ours, "ns",
                $"ours {how}; processor time of the whole process over {WholeRun.TotalSeconds:N0} s of decisions, ours before the other is made"));
        }
    }

    private static double ProcessTime(Action<int, int> run)
    {
        RunFor(WarmUp, run);
        var before = Environment.CpuUsage.TotalTime;
        var decisions = RunFor(WholeRun, run);
        return (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / decisions;
    }

    private static long RunFor(TimeSpan time, Action<int, int> run)
    {
        var watch = Stopwatch.StartNew();
        long decisions = 0;
        while (watch.Elapsed < time)
        {
            var from = (int)(decisions & (OrderLength - 1));
            run(from, from + ChunkLength);
            decisions += ChunkLength;
        }

        return decisions;
    }

    // Each decision by itself, two clock reads included.
    private static void Latency(BenchmarkContext context, ServedEngine ours, KeyedRequests requests, int clients)
    {
        var times = new long[LatencySamples];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            ours.Decide(requests.Bytes(i));
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

    private static void Ours(ServedEngine engine, KeyedRequests requests, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            engine.Decide(requests.Bytes(i));
        }
    }

    private static void OurOwn(ServedEngine engine, KeyedRequests requests, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            engine.Decide(requests.Bytes(i), requests.Features(i));
        }
    }

    private static void Messages(ServedEngine engine, KeyedRequests requests, int from, int to)
    {
        Span<ClientFingerprint> clients = stackalloc ClientFingerprint[MessageLength];
        Span<ClientHandle> handles = stackalloc ClientHandle[MessageLength];
        for (var begin = from; begin < to; begin += MessageLength)
        {
            var end = Math.Min(begin + MessageLength, to);
            for (var i = begin; i < end; i++)
            {
                clients[i - begin] = engine.ExpectIndex(requests.Bytes(i));
            }

            for (var i = begin; i < end; i++)
            {
                handles[i - begin] = engine.ExpectState(clients[i - begin]);
            }

            var now = engine.Now;
            for (var i = begin; i < end; i++)
            {
                engine.Decide(requests.Bytes(i), handles[i - begin], now, GivenFeatures.Alike);
            }
        }
    }

    private static void Theirs(PartitionedRateLimiter<string> limiter, KeyedRequests requests, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            limiter.AttemptAcquire(requests.Text(i)).Dispose();
        }
    }

    // Each sample goes on where the last one ended: from the start again, it would only ever meet the clients of one sample, which a cache holds.
    private static Contender GoingOn(int clients, string name, Action<int, int> run)
    {
        var at = 0;
        return new Contender(name, count =>
        {
            run(at, at + count);
            at = (at + count) & (OrderLength - 1);
        })
        {
            // Each of a cache's worth of clients comes several times a sample; of more, none is cached anyway.
            LeastCalls = Math.Min(clients, ClientsCachedMax) * RoundsPerSample,
        };
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
}
