using System.Runtime.InteropServices;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Control;

/// <summary>Divides each backend's rate among the clients that ask for it, ten times a second.</summary>
/// <remarks>Free of I/O and of clocks. One caller at a time. The hot path never waits for it: it reads the rate that the last split
/// wrote into the client's own state.</remarks>
internal sealed class ControlLoop(ClientTable clients, BackendDirectory backends, PolicyHolder policies, ModelHolder models, LimiterClock clock, ExperimentKey key)
{
    /// <summary>Time between two ticks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>Length of a window of rate dither, in event time from the epoch: a whole number of those that labels are made of.</summary>
    public static readonly TimeSpan DitherWindow = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    private readonly PriorityReserves _reserves = new();
    private SplitShare[] _shares = [];
    private int[] _order = [];
    private TimeSpan _tickedAt;

    /// <summary>Told of every policy whose model was withdrawn, tried or brought back.</summary>
    public Action<Policy>? AutoChanged { get; set; }

    /// <summary>Looks at demand since the last tick and sets rates for the time until the next.</summary>
    public void Tick(TimeSpan now)
    {
        var seconds = (now - _tickedAt).TotalSeconds;
        if (seconds <= 0)
        {
            return;
        }

        _tickedAt = now;
        foreach (var backend in backends.All)
        {
            Tick(backend, seconds, now);
        }
    }

    private void Tick(Backend backend, double seconds, TimeSpan now)
    {
        var controller = backend.Controller;
        backend.Admissions.Expire(now - controller.Options.OutcomeTimeout, admission => controller.Expired(admission.Cost, admission.Reserved));
        while (backend.TryTakeJoining(out var joining))
        {
            backend.Clients.Add(joining);
        }

        Observe(backend, seconds, now);
        backend.Comparison.Tick(backend, policies.Current, models.Current.Champion?.Version ?? "", seconds, now, AutoChanged);
        var list = CollectionsMarshal.AsSpan(backend.Clients);
        if (_shares.Length < list.Length)
        {
            Array.Resize(ref _shares, list.Length * 2);
            Array.Resize(ref _order, list.Length * 2);
        }

        var shares = _shares.AsSpan(0, list.Length);
        var reserves = _reserves.Assign(list, shares, controller.ParentRate);
        var wanted = FairSplit.Divide(Fill(shares, list, controller), controller.ParentRate, controller.Options.Lending, _order.AsSpan(0, list.Length), reserves);
        controller.Tick(wanted, now);
        controller.ReservedShare = PriorityReserves.Asked(shares, reserves) / controller.ParentRate;
        backend.Probes.Tick(controller.Options.ProbeBudget * controller.ParentRate, seconds, now);
        (backend.Dither ??= new RateDither(key)).Tick(list, shares, controller, clock.UnixMicroseconds(now) / (DitherWindow.Ticks / TimeSpan.TicksPerMicrosecond));
        Tell(list, shares);
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
            client.Block.Add(split.Demand, split.Admitted, split.Spoilt, split.Arm);
            (split.Demand, split.Admitted, split.Spoilt) = (0, 0, 0);
            if (policies.ByNumber(state.Policy) is not { } policy || policy.Backend != backend.Name || now - client.AskedAt > IdleAfter)
            {
                // Its next request joins a split again, whichever backend that is for.
                state.IsInSplit = false;
                split.Rate = 0;
                split.Dither = DitherStep.None;
                continue;
            }

            client.Follow(policy, split.Arm, split.Weight, state.IsGoverned ? policy.Envelope.Clamp(state.Prediction) * policy.Weight : double.NaN, seconds);
            list[kept++] = client;
        }

        CollectionsMarshal.SetCount(backend.Clients, kept);
    }

    // What the hot path goes by until the next tick.
    private void Tell(ReadOnlySpan<SplitClient> list, ReadOnlySpan<SplitShare> shares)
    {
        for (var i = 0; i < list.Length; i++)
        {
            using var entry = clients.Enter(list[i].Handle);
            if (entry.Exists)
            {
                ref var split = ref entry.Split;
                split.Rate = (float)shares[i].Rate;
                split.Dither = list[i].Dither;
                split.DitherPropensity = (Half)list[i].DitherPropensity;
            }
        }
    }

    // Whom no model governs gets a part of the parent by weight.
    private static Span<SplitShare> Fill(Span<SplitShare> shares, Span<SplitClient> list, BackendController controller)
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
            list[i].Guaranteed(shares[i].Guarantee);
        }

        return shares;
    }
}
