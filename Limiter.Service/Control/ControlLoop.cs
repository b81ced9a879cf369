using System.Runtime.InteropServices;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Control;

/// <summary>Divides each backend's rate among the clients that ask for it, ten times a second.</summary>
/// <remarks>Free of I/O and of clocks. One caller at a time. The hot path never waits for it: it reads the rate that the last split
/// wrote into the client's own state.</remarks>
internal sealed class ControlLoop(ClientTable clients, BackendDirectory backends, PolicyHolder policies)
{
    /// <summary>Time between two ticks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private const int TopClientsMost = 20;

    private static readonly TimeSpan TopClientsEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    private SplitShare[] _shares = [];
    private int[] _order = [];
    private TimeSpan _tickedAt;
    private TimeSpan _rankedAt;

    /// <summary>Looks at demand since the last tick and sets rates for the time until the next.</summary>
    public void Tick(TimeSpan now)
    {
        var seconds = (now - _tickedAt).TotalSeconds;
        if (seconds <= 0)
        {
            return;
        }

        _tickedAt = now;
        var ranks = now - _rankedAt >= TopClientsEvery;
        _rankedAt = ranks ? now : _rankedAt;
        foreach (var backend in backends.All)
        {
            Tick(backend, seconds, now);
            if (ranks)
            {
                backend.TopClients = [.. backend.Clients.OrderByDescending(client => client.Demand).Take(TopClientsMost)];
            }
        }
    }

    private void Tick(Backend backend, double seconds, TimeSpan now)
    {
        var controller = backend.Controller;
        backend.Admissions.Expire(now - controller.Options.OutcomeTimeout, admission => controller.Expired(admission.Cost));
        while (backend.TryTakeJoining(out var joining))
        {
            backend.Clients.Add(joining);
        }

        Observe(backend, seconds, now);
        var list = CollectionsMarshal.AsSpan(backend.Clients);
        if (_shares.Length < list.Length)
        {
            Array.Resize(ref _shares, list.Length * 2);
            Array.Resize(ref _order, list.Length * 2);
        }

        var shares = _shares.AsSpan(0, list.Length);
        var wanted = FairSplit.Divide(Fill(shares, list, controller), controller.ParentRate, controller.Options.Lending, _order.AsSpan(0, list.Length));
        controller.Tick(wanted, now);
        for (var i = 0; i < list.Length; i++)
        {
            using var entry = clients.Enter(list[i].Handle);
            if (entry.Exists)
            {
                entry.Split.Rate = (float)shares[i].Rate;
            }
        }
    }

    // Reads what the clients asked for, and lets go of those that are idle or gone.
    private void Observe(Backend backend, double seconds, TimeSpan now)
    {
        var kept = 0;
        var list = CollectionsMarshal.AsSpan(backend.Clients);
        for (var i = 0; i < list.Length; i++)
        {
            ref var client = ref list[i];
            using var entry = clients.Enter(client.Handle);
            if (!entry.Exists)
            {
                continue;
            }

            ref var state = ref entry.State;
            ref var split = ref entry.Split;
            client.Ask(split.Demand, seconds, now);
            split.Demand = 0;
            if (policies.ByNumber(state.Policy) is not { } policy || policy.Backend != backend.Name || now - client.AskedAt > IdleAfter)
            {
                // Its next request joins a split again, whichever backend that is for.
                state.IsInSplit = false;
                split.Rate = 0;
                continue;
            }

            client.Guaranteed(state.IsGoverned ? policy.Envelope.Clamp(state.Prediction) * policy.Weight : double.NaN, seconds);
            client.Weight = split.Weight;
            list[kept++] = client;
        }

        CollectionsMarshal.SetCount(backend.Clients, kept);
    }

    // Whom no model governs gets a part of the parent by weight.
    private static Span<SplitShare> Fill(Span<SplitShare> shares, ReadOnlySpan<SplitClient> list, BackendController controller)
    {
        double weights = 0;
        foreach (ref readonly var client in list)
        {
            weights += client.Weight;
        }

        for (var i = 0; i < list.Length; i++)
        {
            shares[i].Demand = list[i].Demand;
            shares[i].Weight = list[i].Weight;
            shares[i].Guarantee = double.IsNaN(list[i].Guarantee) ? controller.ParentRate * list[i].Weight / weights : list[i].Guarantee;
        }

        return shares;
    }
}
