using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>One limit of requests in flight for all clients, set by how latency changes: Gradient2 or Vegas.</summary>
/// <remarks>Written from their published descriptions: Gradient2 scales by the ratio of long to short latency with a tolerance and a
/// queue of √limit; Vegas estimates the queue as limit·(1 − base/latency) and steps by one.</remarks>
internal sealed class ConcurrencyLimiter(bool vegas) : IAdmission
{
    private const double Tolerance = 1.5;
    private const double LongSamples = 600;
    private const double Smoothing = 0.2;
    private const double Least = 4;
    private const double Most = 1000;

    private double _limit = 20;
    private double _inFlight;
    private double _long = double.NaN;
    private double _base = double.PositiveInfinity;
    private int _sinceProbe;

    public bool Decide(in Request request)
    {
        if (_inFlight + 1 > _limit)
        {
            return false;
        }

        _inFlight++;
        return true;
    }

    public void Report(in Request request, double latency, OutcomeClass outcome, double now)
    {
        var used = _inFlight;
        _inFlight = Math.Max(0, _inFlight - 1);
        if (outcome != OutcomeClass.Ok)
        {
            _limit = Math.Max(Least, _limit * 0.9);
            return;
        }

        if (vegas)
        {
            Vegas(latency, used);
        }
        else
        {
            Gradient(latency, used);
        }
    }

    public void Tick(double now)
    {
    }

    private void Gradient(double latency, double used)
    {
        _long = double.IsNaN(_long) ? latency : _long + ((latency - _long) / LongSamples);
        if (_long / latency > 2)
        {
            _long *= 0.95;   // Recovers sooner after a long overload.
        }

        if (used < _limit / 2)
        {
            return;   // The caller, not the limit, was the bound.
        }

        var gradient = Math.Clamp(Tolerance * _long / latency, 0.5, 1);
        var next = (_limit * gradient) + Math.Sqrt(_limit);
        _limit = Math.Clamp((_limit * (1 - Smoothing)) + (next * Smoothing), Least, Most);
    }

    private void Vegas(double latency, double used)
    {
        if (++_sinceProbe > 30 * _limit)
        {
            (_sinceProbe, _base) = (0, latency);   // The base is measured afresh now and then.
        }

        _base = Math.Min(_base, latency);
        if (used < _limit / 2)
        {
            return;
        }

        var queue = Math.Ceiling(_limit * (1 - (_base / latency)));
        var step = Math.Max(1, Math.Log10(_limit));
        _limit = Math.Clamp(queue < 3 * step ? _limit + (step / _limit) : queue > 6 * step ? _limit - (step / _limit) : _limit, Least, Most);
    }
}
