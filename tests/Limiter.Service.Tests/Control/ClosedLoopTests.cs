using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Policies;
using Xunit.Abstractions;

namespace RateLimitSuite.Limiter.Tests.Control;

/// <summary>The engine and the control loop against a simulated backend in virtual time: the very code that serves, without a model.</summary>
public class ClosedLoopTests(ITestOutputHelper output)
{
    private static readonly Policy Shared = new() { Name = "shared", Domain = "default", Backend = "shop", FallbackRate = 20 };

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.2, false)]
    [InlineData(1.0, false)]
    [InlineData(0.2, true)]
    public void Run_CapacityCutByHalf_KeepsGoodputAndLatency(double reportDelay, bool slower)
    {
        // Half of the servers go away, or all become half as fast.
        var run = new Run(reportDelay, seed: 1, capacityAt: t => t < 120 ? 200 : 100, offered: 260) { Slower = slower, Log = output };

        run.Until(60);
        run.Measure();
        run.Until(240);

        output.WriteLine($"goodput / oracle {run.GoodputShare:0.000}, p99 {run.Percentile(0.99) * 1000:0} ms");
        Assert.True(run.GoodputShare >= (reportDelay > 0.5 ? 0.80 : 0.85), $"goodput {run.GoodputShare:0.000} of the oracle's");
        // Reports a second old let growth run on for two before the queue that it builds is seen.
        Assert.True(run.Percentile(0.95) <= (reportDelay > 0.5 ? 0.4 : 0.25), $"p95 is {run.Percentile(0.95)} s");
    }

    [Fact]
    public void Run_PlentyOfCapacity_ThrottlesAlmostNobody()
    {
        var run = new Run(reportDelay: 0.2, seed: 2, capacityAt: _ => 400, offered: 150);
        run.Until(60);
        run.Measure();

        run.Until(180);

        Assert.True(run.ThrottledShare < 0.01, $"{run.ThrottledShare:P2} throttled");
    }

    [Fact]
    public void Run_OneClientFloods_TheOthersGetTheirShare()
    {
        var run = new Run(reportDelay: 0.2, seed: 3, capacityAt: _ => 200, offered: 160, flooder: 300);
        run.Until(60);
        run.Measure();

        run.Until(180);

        output.WriteLine($"others throttled {run.OthersThrottledShare:P2}");
        Assert.True(run.OthersThrottledShare < 0.15, $"{run.OthersThrottledShare:P2} of the others' requests were throttled");
    }

    /// <summary>k servers, one queue, log-normal service times; eight clients with Poisson arrivals; steps of 1 ms.</summary>
    private sealed class Run(double reportDelay, int seed, Func<double, double> capacityAt, double offered, double flooder = 0)
    {
        private const int Servers = 8;
        private const double FullCapacity = 200;
        private const int ServersMax = 64;
        private const int Clients = 8;
        private const double Timeout = 1;
        private const double Slo = 0.25;

        private readonly EngineRig _rig = new(Shared, 4096, new BackendOptions { Name = "shop" });
        private readonly Random _random = new(seed);
        private readonly double[] _freeAt = new double[ServersMax];
        private readonly PriorityQueue<(TimeSpan At, double Latency, OutcomeClass Class), double> _reports = new();
        private readonly List<double> _latencies = [];
        private double _now;
        private double _oracle;
        private long _good;
        private long _asked;
        private long _throttled;
        private long _othersAsked;
        private long _othersThrottled;

        public double GoodputShare => _good / _oracle;

        public double ThrottledShare => (double)_throttled / _asked;

        public double OthersThrottledShare => (double)_othersThrottled / _othersAsked;

        /// <summary>Whether less capacity means slower servers instead of fewer.</summary>
        public bool Slower { get; init; }

        public ITestOutputHelper? Log { get; init; }

        public void Measure()
        {
            (_oracle, _good, _asked, _throttled, _othersAsked, _othersThrottled) = (0, 0, 0, 0, 0, 0);
            _latencies.Clear();
        }

        public double Percentile(double share)
        {
            _latencies.Sort();
            return _latencies[(int)(share * (_latencies.Count - 1))];
        }

        public void Until(double end)
        {
            for (var ms = (long)Math.Round(_now * 1000); ms < (long)(end * 1000); ms++)
            {
                _now = ms / 1000.0;
                _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
                Report();
                if (ms % 100 == 0)
                {
                    _rig.Loop.Tick(_rig.Clock.Now);
                }

                if (ms % 2000 == 0)
                {
                    var c = _rig.Backends.Find("shop").Controller;
                    Log?.WriteLine($"{_now,5:0} s: parent {c.ParentRate,6:0} completed {c.CompletionRate,4:0} cap {c.Cap,5:0} in flight {c.InFlight,4:0} base {c.BaseLatencySeconds * 1000,4:0} ms min {c.WindowLatencySeconds * 1000,4:0} ms {c.State}");
                }

                _oracle += Math.Min(offered + flooder, capacityAt(_now)) / 1000;
                Arrive();
            }

            _now = end;
        }

        private void Arrive()
        {
            for (var client = 0; client < Clients; client++)
            {
                var rate = client == 0 && flooder > 0 ? flooder : offered / Clients;
                if (_random.NextDouble() < rate / 1000)
                {
                    Ask(client);
                }
            }
        }

        private void Ask(int client)
        {
            var other = client != 0 || flooder == 0;
            var decision = _rig.Decide($"c{client}");
            _asked++;
            _othersAsked += other ? 1 : 0;
            if (!decision.Allowed)
            {
                _throttled++;
                _othersThrottled += other ? 1 : 0;
                return;
            }

            decision.Backend!.Controller.Admitted(1, _rig.Clock.Now);
            Serve();
        }

        private void Serve()
        {
            var capacity = capacityAt(_now);
            var servers = Slower ? Servers : (int)Math.Round(Servers * capacity / FullCapacity);
            var server = 0;
            for (var i = 1; i < servers; i++)
            {
                server = _freeAt[i] < _freeAt[server] ? i : server;
            }

            var start = Math.Max(_freeAt[server], _now);
            var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            _freeAt[server] = start + (servers / capacity * Math.Exp((0.35 * normal) - (0.35 * 0.35 / 2)));
            var latency = Math.Min(_freeAt[server] - _now, Timeout);
            var outcome = latency >= Timeout ? OutcomeClass.Timeout : OutcomeClass.Ok;
            _latencies.Add(latency);
            _good += latency <= Slo ? 1 : 0;

            // Reported in batches: at the next multiple of the delay after the request ended.
            var ended = _now + latency;
            var reported = reportDelay == 0 ? ended : Math.Ceiling(ended / reportDelay) * reportDelay;
            _reports.Enqueue((_rig.Clock.Now, latency, outcome), reported);
        }

        private void Report()
        {
            while (_reports.TryPeek(out var report, out var at) && at <= _now)
            {
                _reports.Dequeue();
                _rig.Backends.Find("shop").Controller.Completed(report.At, report.Latency, report.Class, 1, _rig.Clock.Now);
            }
        }
    }
}
