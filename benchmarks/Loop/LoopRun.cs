using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Benchmarks.Loop.World;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>One policy through the days of one world, event by event.</summary>
/// <remarks>What clients ask for by themselves is drawn afresh each day from the world's seed, so it is the same for every policy,
/// whenever its run began; only retries and waiting users follow from decisions.</remarks>
internal sealed class LoopRun
{
    private const double Slo = 0.25;
    private const double TickSeconds = 0.1;
    private const double ThinkSeconds = 1;
    private const double RetrySeconds = 0.2;
    private const double BurstShape = 1.5;

    private readonly LoopWorld _world;
    private readonly SimulatedBackend _backend;
    private readonly IAdmission _policy;
    private readonly Action<int>? _dayBegins;
    private readonly PriorityQueue<Event, double> _events = new();
    private readonly Random[] _random;
    private readonly bool[] _on;
    private readonly int[] _generation;
    private readonly LatencyHistogram _latencies = new();
    private readonly Truth _truth;
    private readonly int _measureFrom;
    private int _number;
    private long _decided;
    private long _denied;
    private double _goodput;
    private bool _measuring;

    /// <summary>Prepares a run.</summary>
    /// <param name="world">Clients and capacity.</param>
    /// <param name="backend">What serves.</param>
    /// <param name="policy">What decides.</param>
    /// <param name="measureFrom">First measured day.</param>
    /// <param name="dayBegins">Told of each day.</param>
    public LoopRun(LoopWorld world, SimulatedBackend backend, IAdmission policy, int measureFrom, Action<int>? dayBegins = null)
    {
        (_world, _backend, _policy, _measureFrom, _dayBegins) = (world, backend, policy, measureFrom, dayBegins);
        _random = new Random[world.Clients.Count];
        _on = new bool[world.Clients.Count];
        _generation = new int[world.Clients.Count];
        _truth = new(world);
    }

    private enum Kind
    {
        Tick,
        Day,
        Arrival,
        Burst,
        Retry,
        User,
        Outcome,
    }

    /// <summary>Runs from the beginning of a day to the end of the last.</summary>
    public LoopResult Run(int fromDay)
    {
        var end = LoopWorld.Days * Day.Seconds;
        Put(fromDay * Day.Seconds, new(Kind.Day));
        Put((fromDay * Day.Seconds) + TickSeconds, new(Kind.Tick));
        while (_events.TryDequeue(out var next, out var now) && now < end)
        {
            Happen(next, now);
        }

        return new()
        {
            Goodput = _goodput,
            Decided = _decided,
            Denied = _denied,
            Wrong = _truth.Wrong,
            Missed = _truth.Missed,
            P50 = _latencies.Quantile(0.5),
            P99 = _latencies.Quantile(0.99),
            Fairness = _truth.Fairness,
        };
    }

    private void Happen(in Event happening, double now)
    {
        switch (happening.Kind)
        {
            case Kind.Tick:
                Tick(now);
                break;
            case Kind.Day:
                BeginDay((int)Math.Round(now / Day.Seconds), now);
                break;
            case Kind.Arrival when happening.Generation == _generation[happening.Request.Client]:
                Arrive(happening.Request.Client, now);
                break;
            case Kind.Burst when happening.Generation == _generation[happening.Request.Client]:
                Toggle(happening.Request.Client, now);
                break;
            case Kind.Retry or Kind.User:
                Ask(happening.Request with { At = now, Number = _number++ }, now);
                break;
            case Kind.Outcome:
                _policy.Report(happening.Request, happening.Latency, happening.Outcome, now);
                break;
            default:
                break;   // Of a day that is over.
        }
    }

    private void Tick(double now)
    {
        _policy.Tick(now);
        Put(now + TickSeconds, new(Kind.Tick));
        if (!_measuring)
        {
            return;
        }

        _truth.Had(_world.CapacityAt(now) * TickSeconds);
        if (Math.Floor(now / Truth.WindowSeconds) != Math.Floor((now - TickSeconds) / Truth.WindowSeconds))
        {
            _truth.Close();
        }
    }

    private void BeginDay(int day, double now)
    {
        _measuring = day >= _measureFrom;
        _dayBegins?.Invoke(day);
        Put(now + Day.Seconds, new(Kind.Day));
        for (var client = 0; client < _world.Clients.Count; client++)
        {
            var behaviour = _world.Clients[client];
            _random[client] = new Random((_world.Seed * 1_000_003) + (day * 1_009) + client);
            _generation[client]++;
            _on[client] = false;
            if (behaviour.Users > 0 && _number >= 0 && _generation[client] == 1)
            {
                for (var user = 0; user < behaviour.Users; user++)
                {
                    Put(now + (ThinkSeconds * user / behaviour.Users), new(Kind.User, new(0, client, behaviour.Cost, 0, now)));
                }
            }

            if (behaviour.MaximumRate > 0)
            {
                Schedule(client, now);
            }

            if (behaviour.Bursts.Off > 0)
            {
                Put(now + Pareto(client, behaviour.Bursts.Off), new(Kind.Burst, new(0, client, 0, 0, now)) { Generation = _generation[client] });
            }
        }
    }

    private void Arrive(int client, double now)
    {
        Schedule(client, now);
        var behaviour = _world.Clients[client];

        // Thinned from the greatest rate, so that any rhythm is drawn exactly.
        if (_random[client].NextDouble() * behaviour.MaximumRate < behaviour.Rate(now, _on[client]))
        {
            Ask(new(_number++, client, behaviour.Cost, 0, now), now);
        }
    }

    private void Toggle(int client, double now)
    {
        _on[client] = !_on[client];
        var bursts = _world.Clients[client].Bursts;
        Put(now + Pareto(client, _on[client] ? bursts.On : bursts.Off), new(Kind.Burst, new(0, client, 0, 0, now)) { Generation = _generation[client] });
    }

    private void Ask(in Request request, double now)
    {
        var allowed = _policy.Decide(request);
        var behaviour = _world.Clients[request.Client];
        if (_measuring)
        {
            _decided++;
            _denied += allowed ? 0 : 1;
            _truth.Decided(request, allowed);
        }

        if (!allowed)
        {
            AskAgain(request, behaviour, now);
            return;
        }

        var (latency, outcome) = _backend.Serve(now, request.Cost);
        if (_measuring)
        {
            _latencies.Add(latency);
            _goodput += outcome == OutcomeClass.Ok && latency <= Slo ? request.Cost : 0;
        }

        if (!_world.LosesOutcomeAt(now))
        {
            Put(now + latency + _world.Scenario.FeedbackDelay, new(Kind.Outcome, request) { Latency = latency, Outcome = outcome });
        }

        if (behaviour.Users > 0)
        {
            Put(now + latency + Think(request.Client), new(Kind.User, request with { Attempt = 0 }));
        }
    }

    private void AskAgain(in Request request, SimulatedClient behaviour, double now)
    {
        if (behaviour.Users > 0)
        {
            Put(now + Think(request.Client), new(Kind.User, request with { Attempt = 0 }));
        }
        else if (request.Attempt < behaviour.Retries)
        {
            Put(now + (RetrySeconds * (1 << request.Attempt)), new(Kind.Retry, request with { Attempt = request.Attempt + 1 }));
        }
    }

    private void Schedule(int client, double now) => Put(
        now - (Math.Log(1 - _random[client].NextDouble()) / _world.Clients[client].MaximumRate),
        new(Kind.Arrival, new(0, client, 0, 0, now)) { Generation = _generation[client] });

    // Users' thinking follows from decisions, so it must not disturb what others draw.
    private double Think(int client) => -ThinkSeconds * Math.Log(1 - _random[client].NextDouble());

    private double Pareto(int client, double mean) =>
        Math.Min(10 * mean, mean * (BurstShape - 1) / BurstShape / Math.Pow(1 - _random[client].NextDouble(), 1 / BurstShape));

    private void Put(double at, in Event happening) => _events.Enqueue(happening, at);

    private readonly record struct Event(Kind Kind, Request Request = default)
    {
        public int Generation { get; init; }

        public double Latency { get; init; }

        public OutcomeClass Outcome { get; init; }
    }
}
