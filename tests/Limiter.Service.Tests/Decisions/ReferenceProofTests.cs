using System.Collections.Concurrent;
using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Decisions;

/// <summary>Many threads on one hot client of a backend, with split, lending, dither and probes on: admitted ≤ capacity + ∫ effective rate, probes apart.</summary>
public class ReferenceProofTests
{
    private const int Threads = 8;
    private const int Strangers = 60;

    private static readonly Policy Shared = new()
    {
        Name = "p", Domain = "default", Backend = "shop", Model = ModelMode.On, FallbackRate = 20, BurstSeconds = 0.5, MinimumCapacity = 5,
        Probes = 0.1, Dither = true,
    };

    // A generous parent, pinned: what moves the hot client's rate is others' demand, the model and chance.
    private static readonly BackendOptions Shop = new() { Name = "shop", InitialRate = 900, MinimumRate = 900, MaximumRate = 900, ProbeBudget = 0.01 };

    private readonly EngineRig _rig = new(Shared, 4096, Shop);
    private readonly Random _random = new(4);

    [Fact]
    public void Decide_PhaseByPhase_AdmitsExactlyWhatTheReferenceBucketHolds()
    {
        Serve(seconds: 4);
        using var crew = new Crew(Threads);
        double tokens = double.NaN, rate = 0, capacity = 0;
        var steps = new HashSet<DitherStep>();
        var (probes, rates, at) = (0, new HashSet<double>(), _rig.Clock.Now);
        for (var phase = 0; phase < 320; phase++)
        {
            if (phase % 40 == 20)
            {
                _rig.Serve(TestModels.Constant(10 + (phase / 4), $"m{phase}"));
            }

            Strange(_random.Next(0, 3));   // mostly less than the parent has: the hot client is lent the rest
            var now = _rig.Clock.Now;
            var answers = crew.Run(i => Ask(now, $"{phase}-{i}"), count: 200);

            // The bucket as one would write it down: earned at the rate of the last phase, up to that phase's capacity.
            tokens = double.IsNaN(tokens)
                ? answers[0].Capacity * Shared.ColdStart
                : Math.Max(tokens, Math.Min(capacity, tokens + (rate * (now - at).TotalSeconds)));
            (rate, capacity, at) = (answers[0].RefillRate, answers[0].Capacity, now);
            var expected = Math.Max(0, (int)Math.Floor(tokens + 1e-6));
            var probed = answers.Count(a => a.IsProbe);

            Assert.All(answers, a => Assert.Equal((rate, capacity), (a.RefillRate, a.Capacity)));
            Assert.Equal(expected, answers.Count(a => a.Allowed && !a.IsProbe));
            Assert.True(probed <= (tokens - expected >= -1e-6 ? 1 : 0), $"{probed} probes with {tokens} tokens");
            tokens -= expected + probed;
            probes += probed;
            rates.Add(rate);
            steps.Add(answers[0].Dither);
            Serve(seconds: 0.1);
        }

        Assert.True(probes > 20, $"{probes} probes");
        Assert.True(rates.Count > 20, $"{rates.Count} rates");
        Assert.True(steps.Count >= 2, string.Join(", ", steps));
        Assert.Equal(probes, _rig.Backends.Find("shop").Probes.Admitted);
    }

    [Fact]
    public void Decide_WhileTheLoopRuns_AdmitsNoMoreThanCapacityAndWhatTheRatesEarn()
    {
        Serve(seconds: 4);
        using var crew = new Crew(Threads);
        var answers = new ConcurrentBag<(long Slot, double Rate, double Capacity, bool Allowed, bool Probe)>();
        var start = _rig.Clock.Now;
        for (var slice = 0; slice < 20; slice++)
        {
            // Half a second a slice; while the threads ask, this thread moves the clock and turns the loop.
            using var done = new CountdownEvent(1);
            var loop = new Thread(() =>
            {
                for (var i = 0; i < 5; i++)
                {
                    Strange(_random.Next(0, 3));   // mostly less than the parent has: the hot client is lent the rest
                    Serve(seconds: 0.1);
                }

                done.Signal();
            });
            loop.Start();
            crew.Run(
                i =>
                {
                    var now = _rig.Clock.Now;
                    var answer = Ask(now, $"{slice}-{i}");
                    answers.Add(((now - start).Ticks / (TimeSpan.TicksPerSecond / 10), answer.RefillRate, answer.Capacity, answer.Allowed, answer.IsProbe));
                    return answer;
                },
                count: 3_000);
            done.Wait();
            loop.Join();
        }

        // A rate lasts until a later request sets another: each tenth of a second counts at the greatest that it or those beside it saw.
        var seen = answers.GroupBy(a => a.Slot).ToDictionary(g => g.Key, g => g.Max(a => a.Rate));
        var rates = new List<double>();
        for (var slot = 0L; slot <= seen.Keys.Max(); slot++)
        {
            rates.Add(seen.GetValueOrDefault(slot, rates.LastOrDefault()));
        }

        var earned = rates.Select((_, slot) => 0.1 * rates.Skip(slot - 2).Take(4).Max()).Sum();

        var admitted = answers.Count(a => a is { Allowed: true, Probe: false });
        var capacity = answers.Max(a => a.Capacity);
        Assert.True(admitted <= capacity + earned, $"{admitted} admitted of {capacity} + {earned}");
        Assert.True(admitted >= 0.3 * earned, $"{admitted} admitted of {earned}: the bound was never near");
        Assert.Equal(answers.Count(a => a.Probe), _rig.Backends.Find("shop").Probes.Admitted);
    }

    private DecisionRecord Ask(TimeSpan now, string requestId)
    {
        Span<double> features = stackalloc double[FeatureSchema.V1.Count];
        features.Fill(double.NaN);
        var record = DecisionRecord.Empty;
        _rig.Engine.Decide(
            new DecisionRequest { Policy = _rig.Policy, ClientId = "hot"u8, RequestId = requestId, Cost = 1, Features = features, Now = now }, ref record);
        return record;
    }

    // Others' demand, which the split weighs against the hot client's.
    private void Strange(int asksEach)
    {
        var features = new double[FeatureSchema.V1.Count];
        for (var i = 0; i < Strangers * asksEach; i++)
        {
            features.AsSpan().Fill(double.NaN);
            var record = DecisionRecord.Empty;
            _rig.Engine.Decide(
                new DecisionRequest
                {
                    Policy = _rig.Policy, ClientId = Encoding.UTF8.GetBytes($"c{i % Strangers}"), Cost = 1, Features = features, Now = _rig.Clock.Now,
                },
                ref record);
        }
    }

    // A healthy backend, a tick at a time.
    private void Serve(double seconds)
    {
        var controller = _rig.Backends.Find("shop").Controller;
        for (var t = 0.0; t < seconds - 1e-9; t += 0.1)
        {
            _rig.Pass(0.1);
            for (var i = 0; i < 10; i++)
            {
                controller.Admitted(1, _rig.Clock.Now - TimeSpan.FromSeconds(0.05));
                controller.Completed(_rig.Clock.Now - TimeSpan.FromSeconds(0.05), 0.05, OutcomeClass.Ok, 1, _rig.Clock.Now);
            }

            _rig.Loop.Tick(_rig.Clock.Now);
        }
    }

    /// <summary>Threads that do a job together, again and again.</summary>
    private sealed class Crew : IDisposable
    {
        private readonly Barrier _begin;
        private readonly Barrier _end;
        private readonly Thread[] _threads;
        private Func<int, DecisionRecord>? _ask;
        private DecisionRecord[] _answers = [];
        private int _next;

        public Crew(int threads)
        {
            _begin = new Barrier(threads + 1);
            _end = new Barrier(threads + 1);
            _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work) { IsBackground = true })];
            Array.ForEach(_threads, thread => thread.Start());
        }

        public DecisionRecord[] Run(Func<int, DecisionRecord> ask, int count)
        {
            (_ask, _answers, _next) = (ask, new DecisionRecord[count], 0);
            _begin.SignalAndWait();
            _end.SignalAndWait();
            return _answers;
        }

        public void Dispose()
        {
            _ask = null;
            _begin.SignalAndWait();
            Array.ForEach(_threads, thread => thread.Join());
            _begin.Dispose();
            _end.Dispose();
        }

        private void Work()
        {
            while (true)
            {
                _begin.SignalAndWait();
                if (_ask is null)
                {
                    return;
                }

                for (var i = Interlocked.Increment(ref _next) - 1; i < _answers.Length; i = Interlocked.Increment(ref _next) - 1)
                {
                    _answers[i] = _ask(i);
                }

                _end.SignalAndWait();
            }
        }
    }
}
