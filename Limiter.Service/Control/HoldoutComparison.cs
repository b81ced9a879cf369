using System.Runtime.InteropServices;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Control;

/// <summary>Sums what became of each client's requests over a block of time, and at its end hands every <c>auto</c> policy of the backend its comparison.</summary>
/// <remarks>
/// A client's loss is the share of what it asked for that was wrongly throttled, came too late or failed. Wrongly throttled is what it lacks to
/// its fair share: the weighted max-min division, by the labels' weights, of what the parent had to give in the block. So a client that asks
/// for more than its share loses nothing by being held to it, model or not. Queue and failures are common to both groups and cancel but for
/// noise. Not thread-safe: the control loop's own.
/// </remarks>
internal sealed class HoldoutComparison
{
    // Fewer tell nothing of a client.
    private const double RequestsMin = 5;

    private SplitShare[] _shares = [];
    private int[] _order = [];
    private readonly List<double> _governed = [];
    private readonly List<double> _others = [];
    private TimeSpan _blockEnds;
    private double _parentTokens;
    private int _blocks;

    /// <summary>Counts a tick; at the end of a block judges and begins the next.</summary>
    /// <param name="backend">Whose clients.</param>
    /// <param name="policies">All that are in force.</param>
    /// <param name="champion">Version of the model in use; empty: none.</param>
    /// <param name="seconds">Since the last tick.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="changed">Told of every policy whose model was withdrawn, tried or brought back.</param>
    public void Tick(Backend backend, PolicySet policies, string champion, double seconds, TimeSpan now, Action<Policy>? changed)
    {
        _parentTokens += backend.Controller.ParentRate * seconds;
        if (now < _blockEnds)
        {
            return;
        }

        var clients = CollectionsMarshal.AsSpan(backend.Clients);
        if (_blockEnds > TimeSpan.Zero)
        {
            Divide(clients);
            foreach (var policy in policies.Policies)
            {
                if (policy.Backend == backend.Name && policy.Auto is { } auto && Judge(auto, policy, clients, champion, now))
                {
                    changed?.Invoke(policy);
                }
            }
        }

        _blockEnds = now + AutoModel.Block;
        _parentTokens = 0;
        _blocks++;
        foreach (ref var client in clients)
        {
            client.Block = default;
        }
    }

    private bool Judge(AutoModel auto, Policy policy, ReadOnlySpan<SplitClient> clients, string champion, TimeSpan now)
    {
        _governed.Clear();
        _others.Clear();
        for (var i = 0; i < clients.Length; i++)
        {
            ref readonly var client = ref clients[i];
            if (client.Policy?.Number != policy.Number || client.Block.Demand < RequestsMin * policy.Cost)
            {
                continue;
            }

            if (client.Block.Arm == Arm.Model)
            {
                _governed.Add(client.Block.LossAgainst(_shares[i].Rate));
            }
            else if (client.Block.Arm == Arm.Holdout || (client.Block.Arm == Arm.Shadow && auto.State == AutoState.Trial))
            {
                _others.Add(client.Block.LossAgainst(_shares[i].Rate));
            }
        }

        var comparison = ArmComparison.Of(CollectionsMarshal.AsSpan(_governed), CollectionsMarshal.AsSpan(_others), _blocks);
        return auto.Judge(comparison, champion, now);
    }

    // Fair shares of the block, tokens.
    private void Divide(ReadOnlySpan<SplitClient> clients)
    {
        if (_shares.Length < clients.Length)
        {
            Array.Resize(ref _shares, clients.Length * 2);
            Array.Resize(ref _order, clients.Length * 2);
        }

        var shares = _shares.AsSpan(0, clients.Length);
        var admitted = 0.0;
        for (var i = 0; i < clients.Length; i++)
        {
            shares[i] = new SplitShare { Room = clients[i].Block.Demand, Weight = clients[i].Weight };
            admitted += clients[i].Block.Admitted;
        }

        FairSplit.Fill(shares, Math.Max(_parentTokens, admitted), _order.AsSpan(0, clients.Length));
    }
}
