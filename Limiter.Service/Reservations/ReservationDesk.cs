using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Decisions;

namespace RateLimitSuite.Limiter.Reservations;

/// <summary>For a cost known only after the response: holds an estimate, then settles it.</summary>
internal sealed class ReservationDesk(Decider decider, DecisionEngine engine, ReservationBook book, LimiterClock clock)
{
    private static readonly TimeSpan TtlDefault = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TtlShortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan TtlLongest = TimeSpan.FromMinutes(10);

    public ReserveResponse Reserve(ReserveRequest request)
    {
        var ttl = TtlDefault;
        var now = clock.Now;
        var fault = RequestChecks.Duration(request.Ttl, "ttl", TtlShortest, TtlLongest, ref ttl)
            ?? (request.Request is null ? "request is missing." : null);
        DecideResponse? decision = null;
        var record = DecisionRecord.Empty;
        fault ??= decider.TryDecide(request.Request!, now, out decision, out record);
        if (fault is not null)
        {
            throw Faults.InvalidArgument(fault);
        }

        var response = new ReserveResponse { Decision = decision };
        if (!record.Allowed)
        {
            return response;
        }

        var id = Guid.CreateVersion7(clock.Utc(now)).ToString();
        if (!book.TryAdd(id, new Reservation(record.Client, record.Taken, now + ttl), now))
        {
            engine.Adjust(record.Client, record.Taken, now);
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{ReservationBook.Capacity} reservations are open; commit or refund some first."));
        }

        response.ReservationId = id;
        response.ExpiresAt = Timestamp.FromDateTimeOffset(clock.Utc(now) + ttl);
        return response;
    }

    /// <summary>Settles a reservation at its real cost.</summary>
    public SettleResponse Commit(CommitRequest request) =>
        RequestChecks.Cost(request.ActualCost, "actual_cost") is { } fault ? throw Faults.InvalidArgument(fault) : Settle(request.ReservationId, request.ActualCost);

    /// <summary>Settles a reservation at nothing.</summary>
    public SettleResponse Refund(RefundRequest request) => Settle(request.ReservationId, 0);

    private SettleResponse Settle(string id, double cost)
    {
        if (id.Length is 0 or > RequestChecks.RequestIdLengthMax)
        {
            throw Faults.InvalidArgument($"reservation_id has {id.Length} characters; it must have 1..{RequestChecks.RequestIdLengthMax}.");
        }

        var now = clock.Now;
        if (!book.TryTake(id, now, out var reservation))
        {
            throw Faults.NotFound($"No reservation {RequestChecks.Shorten(id)} is open: it was settled, or its time is up.");
        }

        // What took nothing, as under an allow list, settles nothing.
        var settled = reservation.Held == 0 ? 0 : reservation.Held - cost;
        var remaining = engine.Adjust(reservation.Client, settled, now);
        return new SettleResponse { Settled = settled, Remaining = double.IsNaN(remaining) ? 0 : remaining };
    }
}
