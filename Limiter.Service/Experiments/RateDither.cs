using System.Text;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Experiments;

/// <summary>Moves some clients' rates a little up or down for a window, by chance, so that what a rate does can be told from what it came with.</summary>
/// <remarks>
/// When a window begins, the clients then in the split are put in the order of a keyed hash and a third of them is dealt a step: half up,
/// half down, the odd one by the window's own draw. Who comes later is dealt nothing. Up only while the backend is healthy, and never more
/// in all than 2 % of the parent's rate: as few are dealt up as keep to that if they are the largest, and if the bound is broken later,
/// as when the parent falls, all go back to the rate itself for the rest of the window. The propensity says what the chance was.
/// Not thread-safe: the control loop's own.
/// </remarks>
internal sealed class RateDither(ExperimentKey key)
{
    /// <summary>Most that all steps up may add, as a share of the parent's rate.</summary>
    public const double UpsMax = 0.02;

    private const int OneOf = 3;

    private ulong[] _ranks = [];
    private double[] _rates = [];
    private int[] _order = [];
    private long _window = -1;
    private bool _upsClosed;
    private double _chanceOfDown;

    /// <summary>Clients whose rate is moved now.</summary>
    public int Moved { get; private set; }

    /// <summary>What the steps up add, tokens/s.</summary>
    public double Ups { get; private set; }

    /// <summary>Deals a new window's steps, and takes steps up back where they may not be.</summary>
    /// <param name="clients">Those in the split.</param>
    /// <param name="shares">Their rates, in the same order.</param>
    /// <param name="controller">The backend's.</param>
    /// <param name="window">Number of the present window.</param>
    public void Tick(Span<SplitClient> clients, ReadOnlySpan<SplitShare> shares, BackendController controller, long window)
    {
        if (window != _window)
        {
            _window = window;
            _upsClosed = !controller.IsHealthy;
            Deal(clients, shares, controller.ParentRate);
        }

        Count(clients, shares);
        if (!_upsClosed && (!controller.IsHealthy || Ups > UpsMax * controller.ParentRate))
        {
            _upsClosed = true;
            TakeUpsBack(clients);
            Count(clients, shares);
        }
    }

    private void Deal(Span<SplitClient> clients, ReadOnlySpan<SplitShare> shares, double parentRate)
    {
        Grow(clients.Length);
        var count = 0;
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i].Dithered(DitherStep.None, 0);
            if (MayMove(clients[i]))
            {
                (_ranks[count], _rates[count], _order[count]) = (key.DitherRank(clients[i].IdUtf8, _window), shares[i].Rate, i);
                count++;
            }
        }

        var moved = count / OneOf;
        var upsMax = _upsClosed ? 0 : LargestThatFit(count, parentRate);
        Array.Sort(_ranks, _order, 0, count);

        // The odd one is an up in half of all windows.
        var odd = (int)(key.DitherRank([], _window) & 1);
        var (upsMeant, other) = ((moved + odd) / 2, (moved + 1 - odd) / 2);
        var ups = Math.Min(upsMeant, upsMax);
        var chanceOfUp = (ups + Math.Min(other, upsMax)) / 2.0 / Math.Max(1, count);
        _chanceOfDown = moved / 2.0 / Math.Max(1, count);
        for (var i = 0; i < count; i++)
        {
            ref var client = ref clients[_order[i]];
            if (i < ups)
            {
                client.Dithered(DitherStep.Up, chanceOfUp);
            }
            else if (i >= upsMeant && i < moved)
            {
                client.Dithered(DitherStep.Down, _chanceOfDown);
            }
            else
            {
                client.Dithered(DitherStep.Neutral, 1 - chanceOfUp - _chanceOfDown);
            }
        }
    }

    // How many may be moved up if chance picks the largest.
    private int LargestThatFit(int count, double parentRate)
    {
        Array.Sort(_rates, 0, count);
        var left = UpsMax * parentRate;
        var fit = 0;
        for (var i = count - 1; i >= 0 && left >= DitherSteps.Size * _rates[i]; i--)
        {
            left -= DitherSteps.Size * _rates[i];
            fit++;
        }

        return fit;
    }

    // With no way up, the rate itself is what all get who are not dealt a step down.
    private void TakeUpsBack(Span<SplitClient> clients)
    {
        foreach (ref var client in clients)
        {
            if (client.Dither is DitherStep.Up or DitherStep.Neutral)
            {
                client.Dithered(DitherStep.Neutral, 1 - _chanceOfDown);
            }
        }
    }

    private void Count(ReadOnlySpan<SplitClient> clients, ReadOnlySpan<SplitShare> shares)
    {
        var (moved, ups) = (0, 0.0);
        for (var i = 0; i < clients.Length; i++)
        {
            moved += clients[i].Dither is DitherStep.Up or DitherStep.Down ? 1 : 0;
            ups += clients[i].Dither == DitherStep.Up ? DitherSteps.Size * shares[i].Rate : 0;
        }

        (Moved, Ups) = (moved, ups);
    }

    private static bool MayMove(in SplitClient client)
    {
        if (client.Policy is not { Dither: true, Enforce: true } policy || client.Arm is Arm.Holdout or Arm.Canary || policy.IsHeldOut(client.IdUtf8))
        {
            return false;
        }

        // Who is listed by subnet is told by the hot path, which knows the address.
        return (policy.Allow.IsEmpty && policy.Deny.IsEmpty) || !IsListed(client, policy);
    }

    private static bool IsListed(in SplitClient client, Policies.Policy policy)
    {
        var name = Encoding.UTF8.GetString(client.IdUtf8);
        return policy.Deny.Contains(name, null) || policy.Allow.Contains(name, null);
    }

    private void Grow(int count)
    {
        if (_ranks.Length < count)
        {
            (_ranks, _rates, _order) = (new ulong[count * 2], new double[count * 2], new int[count * 2]);
        }
    }
}
