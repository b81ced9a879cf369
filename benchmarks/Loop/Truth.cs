using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Benchmarks.Loop.World;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.Benchmarks.Loop;

/// <summary>Judges denials by the capacity that truly was: the same rules as in hindsight, without having to guess.</summary>
internal sealed class Truth(LoopWorld world)
{
    /// <summary>Length of a judged window, s.</summary>
    public const double WindowSeconds = 5;

    private readonly int _clients = world.Clients.Count;
    private readonly double[] _firstTries = new double[world.Clients.Count];
    private readonly double[] _admitted = new double[world.Clients.Count];
    private readonly double[] _sharesGot = new double[world.Clients.Count];
    private readonly double[] _sharesDue = new double[world.Clients.Count];
    private readonly double[] _weights = [.. world.Clients.Select(c => 1 - (0.8 * c.Risk))];
    private readonly List<Denial> _denials = [];
    private double _capacity;

    /// <summary>Wrong denials so far.</summary>
    public long Wrong { get; private set; }

    /// <summary>Requests' worth admitted beyond capacity so far.</summary>
    public double Missed { get; private set; }

    /// <summary>Jain's index of admitted over fair share.</summary>
    public double Fairness
    {
        get
        {
            var shares = Enumerable.Range(0, _clients).Where(i => _sharesDue[i] > 0).Select(i => _sharesGot[i] / _sharesDue[i]).ToArray();
            return shares.Length == 0 ? 1 : Math.Pow(shares.Sum(), 2) / (shares.Length * shares.Sum(s => s * s));
        }
    }

    /// <summary>Notes a decision.</summary>
    public void Decided(in Request request, bool allowed)
    {
        _firstTries[request.Client] += request.Attempt == 0 ? request.Cost : 0;
        if (allowed)
        {
            _admitted[request.Client] += request.Cost;
        }
        else
        {
            _denials.Add(new(request.Client, request.Cost));
        }
    }

    /// <summary>Notes the capacity of a tick.</summary>
    public void Had(double tokens) => _capacity += tokens;

    /// <summary>Judges the window that ends now and begins the next.</summary>
    public void Close()
    {
        var loads = new ClientLoad[_clients];
        for (var i = 0; i < _clients; i++)
        {
            loads[i] = new(Math.Max(_firstTries[i], _admitted[i]), _admitted[i], _weights[i]);
        }

        var wrong = new bool[_denials.Count];
        HindsightThrottles.Judge(CapacitySplit.Utilisation * _capacity, loads, _denials.ToArray(), wrong);
        Wrong += wrong.Count(w => w);
        var over = new double[_clients];
        HindsightThrottles.OverAdmitted(_capacity, loads, over);
        for (var i = 0; i < _clients; i++)
        {
            Missed += over[i] / world.Clients[i].Cost;
        }

        Share(loads);
        Array.Clear(_firstTries);
        Array.Clear(_admitted);
        _denials.Clear();
        _capacity = 0;
    }

    private void Share(ClientLoad[] loads)
    {
        var level = WaterFill.Level([.. loads.Select(l => l.Demand)], _weights, CapacitySplit.Utilisation * _capacity);
        for (var i = 0; i < _clients; i++)
        {
            var due = Math.Min(loads[i].Demand, level * _weights[i]);
            _sharesDue[i] += due;
            _sharesGot[i] += Math.Min(loads[i].Admitted, due);
        }
    }
}
