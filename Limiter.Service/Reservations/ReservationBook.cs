namespace RateLimitSuite.Limiter.Reservations;

/// <summary>The open reservations. Bounded; what runs out of time is forgotten when others come and go. Thread-safe.</summary>
internal sealed class ReservationBook
{
    /// <summary>Most reservations open at once.</summary>
    public const int Capacity = 1 << 20;

    private const int ExpirePerCall = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Reservation> _open = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, TimeSpan> _byExpiry = new();

    /// <summary>Keeps a reservation; false where there is no room.</summary>
    public bool TryAdd(string id, in Reservation reservation, TimeSpan now)
    {
        lock (_lock)
        {
            Expire(now);
            if (_byExpiry.Count >= Capacity)
            {
                return false;
            }

            _open.Add(id, reservation);
            _byExpiry.Enqueue(id, reservation.ExpiresAt);
            return true;
        }
    }

    /// <summary>Takes a reservation out to settle it; false where there is none, or its time is up.</summary>
    public bool TryTake(string id, TimeSpan now, out Reservation reservation)
    {
        lock (_lock)
        {
            Expire(now);
            return _open.Remove(id, out reservation) && reservation.ExpiresAt > now;
        }
    }

    // A few a call: as many leave as come, and no call pays for all.
    private void Expire(TimeSpan now)
    {
        for (var i = 0; i < ExpirePerCall && _byExpiry.TryPeek(out var id, out var at) && at <= now; i++)
        {
            _byExpiry.Dequeue();
            _open.Remove(id);
        }
    }
}
