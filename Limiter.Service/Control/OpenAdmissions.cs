namespace RateLimitSuite.Limiter.Control;

/// <summary>A backend's admissions that wait for their outcome, by request id. Bounded; any thread may use it.</summary>
internal sealed class OpenAdmissions
{
    private const int StripeCount = 16;

    /// <summary>Most admissions held; more are not followed, and counted.</summary>
    public const int Capacity = 1 << 20;

    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];
    private long _dropped;

    /// <summary>Admissions that found no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Admissions held.</summary>
    public int Count => _stripes.Sum(stripe => stripe.Count);

    /// <summary>Holds an admission; false where the id is held already or there is no room.</summary>
    public bool Add(string requestId, in OpenAdmission admission)
    {
        var added = StripeOf(requestId).Add(requestId, admission);
        if (!added)
        {
            Interlocked.Increment(ref _dropped);
        }

        return added;
    }

    /// <summary>Takes an admission whose outcome arrived; false where none is open under that id.</summary>
    public bool TryTake(string requestId, out OpenAdmission admission) => StripeOf(requestId).TryTake(requestId, out admission);

    /// <summary>Lets go of admissions made before a moment.</summary>
    /// <param name="before">The moment.</param>
    /// <param name="expired">Called for each.</param>
    public void Expire(TimeSpan before, Action<OpenAdmission> expired)
    {
        foreach (var stripe in _stripes)
        {
            stripe.Expire(before, expired);
        }
    }

    private Stripe StripeOf(string requestId) => _stripes[(uint)requestId.GetHashCode(StringComparison.Ordinal) % StripeCount];

    private sealed class Stripe
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, OpenAdmission> _open = new(StringComparer.Ordinal);

        // In order of time; ids that were taken stay until their time is up.
        private readonly Queue<(string Id, TimeSpan At)> _order = new();

        public int Count => _open.Count;

        public bool Add(string id, in OpenAdmission admission)
        {
            lock (_lock)
            {
                if (_order.Count >= Capacity / StripeCount || !_open.TryAdd(id, admission))
                {
                    return false;
                }

                _order.Enqueue((id, admission.At));
                return true;
            }
        }

        public bool TryTake(string id, out OpenAdmission admission)
        {
            lock (_lock)
            {
                return _open.Remove(id, out admission);
            }
        }

        public void Expire(TimeSpan before, Action<OpenAdmission> expired)
        {
            lock (_lock)
            {
                while (_order.TryPeek(out var first) && first.At < before)
                {
                    _order.Dequeue();
                    if (_open.TryGetValue(first.Id, out var admission) && admission.At == first.At)
                    {
                        _open.Remove(first.Id);
                        expired(admission);
                    }
                }
            }
        }
    }
}
