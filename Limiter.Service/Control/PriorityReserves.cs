using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Control;

/// <summary>What of a parent's rate is kept for the clients of some policies first. Not thread-safe; reused, allocates only when it grows.</summary>
internal sealed class PriorityReserves
{
    private readonly List<Policy> _policies = [];
    private double[] _rates = [];

    /// <summary>Tells each share whose reserve it draws on.</summary>
    /// <returns>The reserves, tokens/s; <see cref="SplitShare.Reserve"/> counts them from 1.</returns>
    public ReadOnlySpan<double> Assign(ReadOnlySpan<SplitClient> clients, Span<SplitShare> shares, double parentRate)
    {
        _policies.Clear();
        for (var i = 0; i < clients.Length; i++)
        {
            shares[i].Reserve = clients[i].Policy is { Reserve: > 0 } policy ? NumberOf(policy) : 0;
        }

        Array.Resize(ref _rates, Math.Max(_rates.Length, _policies.Count));
        for (var i = 0; i < _policies.Count; i++)
        {
            _rates[i] = _policies[i].Reserve * parentRate;
        }

        return _rates.AsSpan(0, _policies.Count);
    }

    /// <summary>What the reserves' own clients ask for of them, tokens/s: the rest is anybody's.</summary>
    public static double Asked(ReadOnlySpan<SplitShare> shares, ReadOnlySpan<double> reserves)
    {
        var asked = 0.0;
        for (var reserve = 0; reserve < reserves.Length; reserve++)
        {
            var demand = 0.0;
            foreach (ref readonly var share in shares)
            {
                demand += share.Reserve == reserve + 1 ? share.Demand : 0;
            }

            asked += Math.Min(reserves[reserve], demand);
        }

        return asked;
    }

    private int NumberOf(Policy policy)
    {
        var index = _policies.IndexOf(policy);
        if (index < 0)
        {
            index = _policies.Count;
            _policies.Add(policy);
        }

        return index + 1;
    }
}
