using System.Globalization;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Benchmarks.Trees;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Envoy.V3;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>Decisions over gRPC against an empty handler on the same web server, with the load from other processes.</summary>
internal sealed class GrpcBenchmark : IBenchmark
{
    private const string Decide = "/ratelimitsuite.v1.LimiterApi/Decide";
    private const string DecideStream = "/ratelimitsuite.v1.LimiterApi/DecideStream";
    private const string ReportOutcomes = "/ratelimitsuite.v1.LimiterApi/ReportOutcomes";
    private const string ShouldRateLimit = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
    private const int Rounds = 15;

    // The server's code is compiled anew while it runs, in steps, as long as new code keeps coming.
    private const int WarmUpRounds = 12;
    private const int Calls = 30_000;
    private const int OutcomesMessage = 256;
    private const int LatencyRuns = 15;
    private const int LatencySeconds = 2;

    public string Name => "grpc";

    public string Description => "unary, streamed, Envoy's and mixed decisions over gRPC, against an empty handler on the same server";

    public void Run(BenchmarkContext context)
    {
        if (!H2Load.IsPresent)
        {
            context.Note("h2load is not installed (Debian: nghttp2-client), so nothing is measured.");
            return;
        }

        using var model = BenchmarkModel.Train(5, context);
        using var server = LimiterServer.Start(Named(model.Text));
        var folder = Directory.CreateTempSubdirectory("h2load-").FullName;
        var load = new H2Load(folder);
        context.Note(server.HasBroker
            ? "Events go to the embedded broker, which shares the processors. No Explainer runs: explanations are queued and dropped."
            : "No broker is built: events go to the spool. No Explainer runs: explanations are queued and dropped.");
        try
        {
            Compare(context, server, load);
            Latency(context, server, load);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(BenchmarkContext context, LimiterServer server, H2Load load)
    {
        using var one = new StreamLoad(server.Limiter, DecideStream, GrpcFrame.Of(Batch(1)));
        using var many = new StreamLoad(server.Limiter, DecideStream, GrpcFrame.Of(Batch(64)));
        var decide = GrpcFrame.Of(Request(0));
        var envoy = GrpcFrame.Of(EnvoyRequest());
        var outcomes = GrpcFrame.Of(Outcomes());
        var empty = new Throughput("empty handler", 1, calls => load.Run(server.Empty, Decide, decide, calls));
        var unary = new Throughput("unary Decide", 1, calls => load.Run(server.Limiter, Decide, decide, calls));
        Throughput[] others =
        [
            new("Envoy's ShouldRateLimit", 1, calls => load.Run(server.Limiter, ShouldRateLimit, envoy, calls)),
            new("mixed: Decide, an outcome for each", 1, calls => Mixed(server, load, decide, outcomes, calls)),
            new("DecideStream, 1 a message", 1, calls => one.Run(calls)),
            new("DecideStream, 64 a message", 64, calls => many.Run(calls / 8)),
        ];
        Throughput[] all = [empty, unary, .. others];
        for (var round = 0; round < WarmUpRounds; round++)
        {
            Array.ForEach(all, contender => contender.WarmUp(Calls));
        }

        for (var round = 0; round < Rounds; round++)
        {
            Array.ForEach(all, contender => contender.Take(Calls, () => server.Used, () => server.LostEvents));
            BenchmarkContext.Progress(string.Create(CultureInfo.InvariantCulture, $"round {round + 1} of {Rounds}"));
        }

        foreach (var each in all[1..])
        {
            var peer = each.Name.StartsWith("DecideStream", StringComparison.Ordinal) ? unary : empty;
            context.Add(new BenchmarkRow(
                each.Name, each.Median, peer.Median, peer.Name, each.Median / peer.Median, "/s",
                string.Create(CultureInfo.InvariantCulture,
                    $"decisions/s, median of {Rounds} interleaved rounds (best {each.Best:N0}, ratio of the best {each.Best / peer.Best:N2}); "
                    + $"server CPU {each.Cpu.TotalMicroseconds:N1} µs a decision, peer's {peer.Cpu.TotalMicroseconds:N1}; "
                    + $"{each.LostShare:P0} of the events found no room")));
        }
    }

    private static double Mixed(LimiterServer server, H2Load load, byte[] decide, byte[] outcomes, int calls)
    {
        var reports = Task.Run(() => load.Run(server.Limiter, ReportOutcomes, outcomes, Math.Max(8, calls / OutcomesMessage)));
        var speed = load.Run(server.Limiter, Decide, decide, calls);
        reports.GetAwaiter().GetResult();
        return speed;
    }

    private static void Latency(BenchmarkContext context, LimiterServer server, H2Load load)
    {
        var decide = GrpcFrame.Of(Request(0));
        var half = Math.Round(load.Run(server.Limiter, Decide, decide, Calls) / 2);
        using var ours = new PacedLoad(server.Limiter, Decide, decide);
        using var empty = new PacedLoad(server.Empty, Decide, decide);
        var calls = (int)(half * LatencySeconds);
        ours.Run(calls, half);   // compiles the load, and the server for it
        empty.Run(calls, half);
        var runs = Enumerable.Range(0, LatencyRuns).Select(_ => (Ours: ours.Run(calls, half), Empty: empty.Run(calls, half))).ToArray();
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999) })
        {
            var decided = Array.ConvertAll(runs, run => Quantile(run.Ours, share));
            var answered = Array.ConvertAll(runs, run => Quantile(run.Empty, share));
            context.Add(new BenchmarkRow(
                $"unary Decide {name} at half load", decided.Min(), answered.Min(), "empty handler", decided.Min() / answered.Min(), "ms",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{half:N0} calls/s offered as a Poisson process, best of {LatencyRuns} interleaved runs of {LatencySeconds} s, seen by the caller "
                    + $"(median run {Median(decided):N1}, peer's {Median(answered):N1})")));
        }
    }

    private static double Quantile(double[] ordered, double share) => ordered[(int)(share * ordered.Length)] * 1e3;

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    // The trainer numbers its columns; the Limiter asks for names.
    private static string Named(string model) =>
        FeatureSchema.V1.Names.Index().Aggregate(model, (text, name) => text.Replace($"Column_{name.Index}", name.Item, StringComparison.Ordinal));

    private static DecideRequest Request(int client) => new()
    {
        ClientId = string.Create(CultureInfo.InvariantCulture, $"client-{client:0000000}"),
        Features = new CallerFeatures { ClientRisk = 0.2, RequestSize = 5_000, IpReputation = 0.9 },
    };

    private static DecideBatchRequest Batch(int size)
    {
        var batch = new DecideBatchRequest();
        batch.Requests.AddRange(Enumerable.Range(0, size).Select(Request));
        return batch;
    }

    private static RateLimitRequest EnvoyRequest()
    {
        var descriptor = new RateLimitDescriptor();
        descriptor.Entries.Add(new RateLimitDescriptor.Types.Entry { Key = "client_id", Value = "client-0000000" });
        return new RateLimitRequest { Domain = "default", Descriptors = { descriptor } };
    }

    private static ReportOutcomesRequest Outcomes()
    {
        var report = new ReportOutcomesRequest();
        report.Outcomes.AddRange(Enumerable.Range(0, OutcomesMessage).Select(i => new Outcome
        {
            RequestId = $"r{i}", ClientId = "client-0000000", LatencyS = 0.02, Class = OutcomeClass.Ok,
        }));
        return report;
    }
}
