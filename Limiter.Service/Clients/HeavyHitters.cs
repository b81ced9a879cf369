using System.Text;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>Counts every decision by client in bounded memory, and tells who asks most now.</summary>
/// <remarks>A client always comes to the same one of 64 sketches, each under a lock of its own: they keep disjoint clients, so the heaviest of all
/// are among theirs. 2,048 counters, 0.7 MB, however many clients there are: whoever makes more than a thirty-second of what comes to its
/// sketch, about one of 2,000 of all requests, is sure to be found. Weights are halved every minute.</remarks>
internal sealed class HeavyHitters
{
    private const int StripeCount = 64;
    private const int CountersPerStripe = 32;
    private const int IdBytesMax = 256;

    /// <summary>Time in which a weight falls to half.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(1);

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];

    /// <summary>Counts one decision of a client whose fingerprint is known. Allocates nothing.</summary>
    /// <param name="fingerprint">Of the client under the policy.</param>
    /// <param name="client">Its id, at most 256 bytes of UTF-8.</param>
    /// <param name="policy">Number of its policy.</param>
    /// <param name="throttled">Whether it was throttled.</param>
    /// <param name="now">Monotonic time.</param>
    public void Count(ClientFingerprint fingerprint, ReadOnlySpan<char> client, int policy, bool throttled, TimeSpan now)
    {
        Span<byte> id = stackalloc byte[IdBytesMax];
        if (Encoding.UTF8.TryGetBytes(client, id, out var length))
        {
            Count(fingerprint, id[..length], policy, throttled, now);
        }
    }

    /// <summary>Counts one decision of a client whose fingerprint is known. Allocates nothing.</summary>
    /// <param name="fingerprint">Of the client under the policy.</param>
    /// <param name="clientUtf8">The client's id, at most 256 bytes.</param>
    /// <param name="policy">Number of its policy.</param>
    /// <param name="throttled">Whether it was throttled.</param>
    /// <param name="now">Monotonic time.</param>
    public void Count(ClientFingerprint fingerprint, ReadOnlySpan<byte> clientUtf8, int policy, bool throttled, TimeSpan now)
    {
        var stripe = _stripes[fingerprint.High % StripeCount];
        lock (stripe.Lock)
        {
            stripe.Age(now);
            stripe.Sketch.Count(fingerprint, policy, clientUtf8, throttled);
        }
    }

    /// <summary>The clients that ask most, the heaviest first.</summary>
    public IReadOnlyList<HeavyClient> Top(int most, TimeSpan now)
    {
        var all = new List<HeavyClient>(StripeCount * CountersPerStripe);
        foreach (var stripe in _stripes)
        {
            lock (stripe.Lock)
            {
                stripe.Age(now);
                stripe.Sketch.CopyTo(all);
            }
        }

        return [.. all.OrderByDescending(client => client.Weight - client.Error).ThenByDescending(client => client.Weight).Take(most)];
    }

    private sealed class Stripe
    {
        private long _halvings;

        public Lock Lock { get; } = new();

        public SpaceSaving Sketch { get; } = new(CountersPerStripe);

        public void Age(TimeSpan now)
        {
            var halvings = now.Ticks / HalfLife.Ticks;
            if (halvings > _halvings)
            {
                Sketch.Age(halvings - _halvings);
                _halvings = halvings;
            }
        }
    }
}
