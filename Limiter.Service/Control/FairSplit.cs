using System.Buffers;

namespace RateLimitSuite.Limiter.Control;

/// <summary>One client's part in a split: what it wants and is guaranteed goes in, its rate comes out. All in tokens/s.</summary>
internal struct SplitShare
{
    /// <summary>What it asks for.</summary>
    public double Demand;

    /// <summary>What it is guaranteed while the parent has enough.</summary>
    public double Guarantee;

    /// <summary>Weight over 0.</summary>
    public double Weight;

    /// <summary>The result.</summary>
    public double Rate;

    /// <summary>Which reserve it may draw on, from 1; 0: none.</summary>
    public int Reserve;

    // How much of the pool under division it can still use.
    internal double Room;
}

/// <summary>Divides a parent's rate among its clients.</summary>
internal static class FairSplit
{
    private const double LeastRate = 1e-3;

    /// <summary>Sets every share's <see cref="SplitShare.Rate"/>.</summary>
    /// <param name="shares">Clients with recent demand.</param>
    /// <param name="parentRate">Tokens/s to divide.</param>
    /// <param name="lending">Whether what nobody is guaranteed is lent to those who ask for more.</param>
    /// <param name="order">Scratch of the same length.</param>
    /// <param name="reserves">What is kept for some clients first, tokens/s, by <see cref="SplitShare.Reserve"/>; no more than the parent in all.</param>
    /// <returns>Whether the clients ask for more than the parent has.</returns>
    /// <remarks>
    /// A reserve serves its own clients before all, and what they do not ask for is divided with the rest (without lending: stays unused).
    /// Then what clients ask for within their guarantee is served; if that is more than the parent has, by weighted max-min. What is
    /// left is lent by weighted max-min to what they ask for beyond it. A client that asks for less than its guarantee keeps the
    /// guarantee as its rate: it may begin to use it at any time, and the in-flight cap guards the moment until the next split.
    /// </remarks>
    public static bool Divide(Span<SplitShare> shares, double parentRate, bool lending, Span<int> order, ReadOnlySpan<double> reserves = default)
    {
        foreach (ref var share in shares)
        {
            share.Rate = 0;
        }

        var pool = parentRate - ServeReserves(shares, lending, order, reserves);
        double guaranteed = 0, wanted = 0, weights = 0;
        foreach (ref var share in shares)
        {
            share.Room = Math.Max(0, Math.Min(share.Demand, share.Guarantee) - share.Rate);
            guaranteed += share.Room;
            wanted += share.Demand;
            weights += share.Weight;
        }

        if (guaranteed >= pool)
        {
            Fill(shares, pool, order);
            Floor(shares);
            return true;
        }

        foreach (ref var share in shares)
        {
            share.Rate += share.Room;
            share.Room = lending ? Math.Max(0, share.Demand - share.Rate) : 0;
        }

        var left = pool - guaranteed;
        left -= lending ? Fill(shares, left, order) : 0;
        foreach (ref var share in shares)
        {
            // Headroom: whoever asks for more in the next instant finds some of what nobody uses.
            var headroom = lending && weights > 0 ? left * share.Weight / weights : 0;
            share.Rate = Math.Max(share.Rate + headroom, Math.Min(share.Guarantee, parentRate));
        }

        Floor(shares);
        return wanted > parentRate;
    }

    /// <summary>Adds the weighted max-min division of a pool to the rates: λ·weight each, but no more than its room.</summary>
    /// <returns>What was given out.</returns>
    internal static double Fill(Span<SplitShare> shares, double pool, Span<int> order)
    {
        var asking = 0;
        double rooms = 0, weights = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            if (shares[i].Room > 0)
            {
                order[asking++] = i;
                rooms += shares[i].Room;
                weights += shares[i].Weight;
            }
        }

        order = order[..asking];
        if (rooms > pool)
        {
            return Share(shares, pool, weights, order);
        }

        foreach (var i in order)
        {
            shares[i].Rate += shares[i].Room;
        }

        return rooms;
    }

    // In order of the water level at which each is full, all below the final level get what they ask for.
    private static double Share(Span<SplitShare> shares, double pool, double weights, Span<int> order)
    {
        var levels = ArrayPool<double>.Shared.Rent(order.Length);
        for (var i = 0; i < order.Length; i++)
        {
            levels[i] = shares[order[i]].Room / shares[order[i]].Weight;
        }

        levels.AsSpan(0, order.Length).Sort(order);
        ArrayPool<double>.Shared.Return(levels);
        var left = pool;
        foreach (var i in order)
        {
            ref var share = ref shares[i];
            var given = Math.Min(share.Room, left * share.Weight / weights);
            share.Rate += given;
            left = Math.Max(0, left - given);
            weights = Math.Max(double.Epsilon, weights - share.Weight);
        }

        return pool - left;
    }

    // Returns what is not left for the division among all.
    private static double ServeReserves(Span<SplitShare> shares, bool lending, Span<int> order, ReadOnlySpan<double> reserves)
    {
        var kept = 0.0;
        for (var reserve = 0; reserve < reserves.Length; reserve++)
        {
            foreach (ref var share in shares)
            {
                share.Room = share.Reserve == reserve + 1 ? share.Demand : 0;
            }

            var given = Fill(shares, reserves[reserve], order);
            kept += lending ? given : reserves[reserve];
        }

        return kept;
    }

    // A rate of 0 would lock a client out for as long as it stays silent.
    private static void Floor(Span<SplitShare> shares)
    {
        foreach (ref var share in shares)
        {
            share.Rate = Math.Max(share.Rate, LeastRate);
        }
    }
}
