namespace RateLimitSuite.Limiter.Clients;

/// <summary>The clients that ask most, by the Space-Saving sketch (Metwally, Agrawal, El Abbadi 2005): so many counters and no more.</summary>
/// <remarks>
/// A client without a counter takes that of the least, and inherits its weight as the error of its own. So no weight is too small, none is
/// too large by more than its error, and whoever makes more than 1 / <c>counters</c> of all requests has a counter. Weights are halved with
/// time (<see cref="Age"/>), so that this holds of the present traffic; what is reported of a client is counted since it has its counter.
/// Not thread-safe; allocates nothing after it was made.
/// </remarks>
internal sealed class SpaceSaving(int counters)
{
    private const int IdBytesMax = 256;

    private readonly ulong[] _keys = new ulong[counters];   // the low half of the fingerprint: searched by many at a time
    private readonly Counter[] _counters = new Counter[counters];
    private readonly byte[] _ids = new byte[counters * IdBytesMax];
    private int _used;

    /// <summary>Counts one decision.</summary>
    /// <param name="client">Who.</param>
    /// <param name="policy">Number of the policy.</param>
    /// <param name="idUtf8">Its id, 1..256 bytes.</param>
    /// <param name="throttled">Whether it was throttled.</param>
    public void Count(ClientFingerprint client, int policy, ReadOnlySpan<byte> idUtf8, bool throttled)
    {
        var at = Find(client);
        if (at < 0)
        {
            at = _used < counters ? _used++ : Least();
            _keys[at] = client.Low;
            var inherited = _counters[at].Weight;
            _counters[at] = new Counter { Client = client, Policy = policy, IdLength = idUtf8.Length, Weight = inherited, Error = inherited };
            idUtf8.CopyTo(_ids.AsSpan(at * IdBytesMax, IdBytesMax));
        }

        ref var counter = ref _counters[at];
        counter.Weight++;
        counter.Decisions++;
        counter.Throttled += throttled ? 1 : 0;
    }

    /// <summary>Halves all weights.</summary>
    /// <param name="times">How often.</param>
    public void Age(long times)
    {
        for (var i = 0; i < _used; i++)
        {
            ref var counter = ref _counters[i];
            counter.Weight >>= (int)Math.Min(times, 62);
            counter.Error >>= (int)Math.Min(times, 62);
        }
    }

    /// <summary>Adds what each counter says.</summary>
    public void CopyTo(List<HeavyClient> list)
    {
        for (var i = 0; i < _used; i++)
        {
            ref readonly var counter = ref _counters[i];
            list.Add(new HeavyClient(
                _ids.AsSpan(i * IdBytesMax, counter.IdLength).ToArray(), counter.Policy, counter.Weight, counter.Error, counter.Decisions, counter.Throttled));
        }
    }

    private int Find(ClientFingerprint client)
    {
        var keys = _keys.AsSpan(0, _used);
        for (var from = 0; from < keys.Length; from++)
        {
            var at = keys[from..].IndexOf(client.Low);
            if (at < 0)
            {
                return -1;
            }

            from += at;
            if (_counters[from].Client == client)
            {
                return from;
            }
        }

        return -1;
    }

    private int Least()
    {
        var least = 0;
        for (var i = 1; i < counters; i++)
        {
            least = _counters[i].Weight < _counters[least].Weight ? i : least;
        }

        return least;
    }

    private struct Counter
    {
        public ClientFingerprint Client;
        public long Weight;
        public long Error;
        public long Decisions;
        public long Throttled;
        public int Policy;
        public int IdLength;
    }
}
