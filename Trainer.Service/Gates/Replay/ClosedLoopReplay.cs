using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Trainer.Gates.Replay;

/// <summary>Recorded demand and capacity through the Limiter's own controller and split, in virtual time, with a model or without.</summary>
/// <remarks>Arrivals are drawn from the seed alone, so that all models meet the same requests.</remarks>
internal sealed class ClosedLoopReplay
{
    private const double TickSeconds = 0.1;
    private const double Utilisation = 0.97;
    private const double WarmUpShare = 0.1;
    private const double Quantile = 0.99;

    private readonly RecordedTraffic _traffic;
    private readonly BackendController _controller;
    private readonly ReplayBackend _backend;
    private readonly Random _random;
    private readonly ReplayClient[] _clients;
    private readonly SplitShare[] _shares;
    private readonly int[] _order;
    private readonly List<(double At, int Client)> _arrivals = [];
    private readonly List<ReplayWindow> _results = [];
    private long _good;   // in this window

    private ClosedLoopReplay(RecordedTraffic traffic, int seed)
    {
        _traffic = traffic;
        _controller = new(new BackendOptions { Name = "replay", InitialRate = traffic.Windows[0].Capacity * traffic.Scale });
        _backend = new(_controller, seed + 1);
        _random = new(seed);
        _clients = new ReplayClient[traffic.Clients];
        _shares = new SplitShare[traffic.Clients];
        _order = new int[traffic.Clients];
    }

    /// <summary>Replays the traffic.</summary>
    /// <param name="traffic">At least one window.</param>
    /// <param name="predict">A row's prediction, tokens/s; null: without a model.</param>
    /// <param name="seed">Fixes arrivals and service.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static ReplayResult Run(RecordedTraffic traffic, Func<int, double>? predict, int seed, CancellationToken cancellationToken)
    {
        var replay = new ClosedLoopReplay(traffic, seed);
        var warmUp = (int)(traffic.Windows.Count * WarmUpShare);
        for (var i = 0; i < traffic.Windows.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i == warmUp)
            {
                replay._results.Clear();
                replay._backend.Latencies.Clear();
            }

            replay.Window(traffic.Windows[i], i * traffic.WindowSeconds, predict);
        }

        var latencies = replay._backend.Latencies;
        latencies.Sort();
        return new(replay._results, latencies.Count == 0 ? 0 : latencies[(int)(Quantile * (latencies.Count - 1))]);
    }

    private void Window(RecordedWindow window, double start, Func<int, double>? predict)
    {
        var predictions = new double[_clients.Length];
        Array.Fill(predictions, double.NaN);
        for (var i = 0; i < window.Rows.Length && predict is not null; i++)
        {
            predictions[window.Clients[i]] = Math.Max(0, predict(window.Rows[i]) * _traffic.Scale);
        }

        var capacity = window.Capacity * _traffic.Scale;
        var ticks = (int)Math.Max(1, Math.Round(_traffic.WindowSeconds / TickSeconds));
        for (var tick = 0; tick < ticks; tick++)
        {
            var now = start + (tick * TickSeconds);
            _backend.Report(now);
            Split(predictions, now);
            Draw(window, now);
            foreach (var (at, client) in _arrivals)
            {
                _backend.Report(at);
                Ask(client, at, capacity);
            }
        }

        Judge(Utilisation * capacity * _traffic.WindowSeconds);
    }

    private void Split(double[] predictions, double now)
    {
        var active = 0;
        for (var i = 0; i < _clients.Length; i++)
        {
            _clients[i].Observe(predictions[i], TickSeconds);
            active += _clients[i].Demand > 1e-6 ? 1 : 0;
        }

        // Whom no model governs gets a part of the parent by weight, as in the Limiter.
        var equal = _controller.ParentRate / Math.Max(1, active);
        for (var i = 0; i < _clients.Length; i++)
        {
            var guarantee = _clients[i].Guarantee;
            _shares[i] = new() { Demand = _clients[i].Demand, Weight = 1, Guarantee = double.IsNaN(guarantee) ? equal : guarantee };
        }

        var wanted = FairSplit.Divide(_shares, _controller.ParentRate, _controller.Options.Lending, _order);
        _controller.Tick(wanted, TimeSpan.FromSeconds(now));
        for (var i = 0; i < _clients.Length; i++)
        {
            _clients[i].Give(_shares[i], now);
        }
    }

    private void Draw(RecordedWindow window, double now)
    {
        _arrivals.Clear();
        for (var i = 0; i < window.Clients.Length; i++)
        {
            var rate = window.Demands[i] * _traffic.Scale;
            for (var at = now + Gap(rate); at < now + TickSeconds; at += Gap(rate))
            {
                _arrivals.Add((at, window.Clients[i]));
            }
        }

        _arrivals.Sort();
    }

    private double Gap(double rate) => rate <= 0 ? double.PositiveInfinity : -Math.Log(1 - _random.NextDouble()) / rate;

    private void Ask(int client, double now, double capacity)
    {
        if (!_clients[client].TryTake(now) || _controller.IsAtCap(1))
        {
            _controller.Throttled();
            return;
        }

        _clients[client].Admit();
        _good += _backend.Serve(now, capacity) ? 1 : 0;
    }

    // As in hindsight: wrong is what the fair share and the capacity both had room for.
    private void Judge(double tokens)
    {
        double asked = 0, admitted = 0, due = 0, got = 0;
        for (var i = 0; i < _clients.Length; i++)
        {
            _shares[i] = new() { Weight = 1, Room = _clients[i].Asked };
        }

        FairSplit.Fill(_shares, tokens, _order);
        for (var i = 0; i < _clients.Length; i++)
        {
            asked += _clients[i].Asked;
            admitted += _clients[i].Admitted;
            due += _shares[i].Rate;
            got += Math.Min(_shares[i].Rate, _clients[i].Admitted);
            _clients[i].Close();
        }

        _results.Add(new(asked, admitted, _good, Math.Min(Math.Max(0, tokens - admitted), due - got), due, got));
        _good = 0;
    }
}
