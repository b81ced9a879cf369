using System.Diagnostics;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>The hot path: features, prediction and bucket of one request, under its client's lock and no other.</summary>
/// <remarks>Free of I/O and of clocks: the request carries its time. Allocates nothing but for a client that is new.</remarks>
internal sealed class DecisionEngine(
    ClientTable clients, ModelHolder models, BackendDirectory backends, FeatureSchema schema, LimiterClock clock, SharedBuckets? shared = null)
{
    // When the in-flight cap throttles, the split and the cap are looked at again after this long.
    private static readonly TimeSpan InFlightRetry = TimeSpan.FromMilliseconds(100);

    // When a slice of a shared bucket is empty and its row may not be, the next renewal has been answered after this long.
    private static readonly TimeSpan RenewalWait = TimeSpan.FromMilliseconds(100);

    // Not the canary's salt: who is held out must not follow from who is in a canary.
    private const string HoldoutSalt = "holdout";

    /// <summary>Number of features of a request's vector.</summary>
    public int FeatureCount => schema.Count;

    /// <summary>Decides, and takes the tokens if the request may go on.</summary>
    /// <param name="request">The question.</param>
    /// <param name="record">Receives the answer; <see cref="DecisionRecord.Empty"/> before.</param>
    public void Decide(in DecisionRequest request, ref DecisionRecord record)
    {
        Debug.Assert(request.Features.Length == schema.Count && request.Cost >= 0);
        Debug.Assert(record.Model is null && double.IsNaN(record.Prediction));
        var policy = request.Policy;
        record.Cost = request.Cost;
        record.Backend = policy.Backend.Length == 0 ? null : backends.Find(policy.Backend);

        using var entry = clients.Enter(request.ClientId, policy.Number, request.Now);
        record.Client = entry.Handle;
        ref var state = ref entry.State;
        if (entry.Kind is EntryKind.New or EntryKind.NewOverflow)
        {
            state.SplitRate = float.NaN;
        }

        if (request.Cost > 0 && !request.CountsNothing)
        {
            state.Activity.CountRequests(1, request.Now);
        }

        CompleteFeatures(request, ref state, ref record);
        if (entry.Kind is EntryKind.Overflow or EntryKind.NewOverflow)
        {
            // Nothing is known of this client and nothing can be kept: all such clients share one bucket at the fallback rate.
            record.Guarantee = policy.Envelope.Clamp(policy.FallbackRate);
            record.EffectiveRate = record.Guarantee;
        }
        else
        {
            Predict(request, ref state, ref record);
            Govern(request, ref state, entry.Handle, ref record);
        }

        Settle(request, entry, ref record);
    }

    /// <summary>Moves tokens of a client after its decision: what a settled cost, or a request that another bucket refused, gives back or takes.</summary>
    /// <param name="client">From the decision's record.</param>
    /// <param name="tokens">Over 0: given back, up to the capacity; under 0: taken, and a debt where the bucket has too few.</param>
    /// <param name="now">Monotonic time.</param>
    /// <returns>Tokens left; NaN where the client was forgotten: its bucket was full.</returns>
    public double Adjust(ClientHandle client, double tokens, TimeSpan now)
    {
        using var entry = clients.Enter(client);
        if (!entry.Exists)
        {
            return double.NaN;
        }

        if (shared is not null && entry.Slice.Key is not null)
        {
            return AdjustSlice(entry, tokens, now);
        }

        ref var bucket = ref entry.State.Bucket;
        bucket.Refill(bucket.Limit, now);
        if (tokens >= 0)
        {
            bucket.Return(tokens);
        }
        else
        {
            bucket.Charge(-tokens);
        }

        return bucket.Tokens;
    }

    // The next renewal tells the row, whether anybody asks for the client again or not.
    private double AdjustSlice(in ClientEntry entry, double tokens, TimeSpan now)
    {
        ref var slice = ref entry.Slice;
        slice.Tokens += tokens;
        if (!slice.IsOpen)
        {
            slice.Open(0, now);
            shared!.Opened(entry.Handle);
        }

        return slice.Tokens + Math.Max(0, slice.RowTokens);
    }

    // What only the Limiter knows is measured; what only the caller knows falls back on the policy.
    private void CompleteFeatures(in DecisionRequest request, ref ClientState state, ref DecisionRecord record)
    {
        var features = request.Features;
        for (var i = 0; i < features.Length; i++)
        {
            var measured = i switch
            {
                FeatureSchema.RequestVolume => state.Activity.RequestRate(request.Now),
                FeatureSchema.AverageLatency => LatencyOf(ref state, record.Backend, request.Now),
                FeatureSchema.HourOfDay => clock.Hour(request.Now),
                _ => double.NaN,
            };
            var given = !double.IsNaN(features[i]);
            if (double.IsNaN(measured))
            {
                features[i] = given ? features[i] : request.Policy.FeatureDefaults[i];
            }
            else if (!given || !request.Policy.TrustCallerFeatures)
            {
                record.IgnoredFeatures |= given ? 1UL << i : 0;
                features[i] = measured;
            }

            features[i] = FeatureSchema.Canonical(features[i]);
        }
    }

    private static double LatencyOf(ref ClientState state, Backend? backend, TimeSpan now)
    {
        var own = state.Activity.MeanLatency(now);
        if (!double.IsNaN(own))
        {
            return own;
        }

        var others = backend?.Controller.MeanLatencySeconds ?? 0;
        return double.IsNaN(others) ? 0 : others;
    }

    private void Predict(in DecisionRequest request, ref ClientState state, ref DecisionRecord record)
    {
        if (request.Policy.Model == ModelMode.Off)
        {
            return;
        }

        var snapshot = models.Current;
        var challenger = snapshot.Challenger;
        var heldOut = request.Policy.HoldoutShare > 0
            && Registry.CanaryMembership.Contains(request.ClientId, HoldoutSalt, request.Policy.HoldoutShare);
        var canary = !heldOut && request.Policy.ModelGoverns && snapshot.IsCanary(request.ClientId);

        // The first model is a challenger without a champion: until its canary nothing governs, but its shadow is looked at.
        if ((canary ? challenger : snapshot.Champion) is { } model)
        {
            record.Model = model;
            record.Prediction = PredictRemembering(model, request.Features, ref state);
            record.Arm = heldOut ? Arm.Holdout : !request.Policy.ModelGoverns ? Arm.Shadow : canary ? Arm.Canary : Arm.Model;
            model.Count();
        }

        if (snapshot.Beside(canary) is { } beside)
        {
            record.Beside = beside;
            record.BesidePrediction = beside.Predictor.Predict(request.Features);
            if (beside == challenger)
            {
                beside.Count();
            }
        }
    }

    // While no feature leaves the interval it was in, the trees cannot tell the difference: the last prediction is exact.
    private static double PredictRemembering(LoadedModel model, ReadOnlySpan<double> features, ref ClientState state)
    {
        if (features.Length > ClientState.RememberedFeatures)
        {
            return state.Prediction = model.Predictor.Predict(features);
        }

        Span<ushort> intervals = stackalloc ushort[features.Length];
        model.Predictor.Intervals(features, intervals);
        Span<ushort> remembered = state.Intervals[..features.Length];
        if (state.ModelStamp != model.Stamp || !intervals.SequenceEqual(remembered))
        {
            state.Prediction = model.Predictor.PredictFromIntervals(intervals);
            state.ModelStamp = model.Stamp;
            intervals.CopyTo(remembered);
        }

        return state.Prediction;
    }

    // From prediction to rate: the client's own, or its part of what the backend has.
    private static void Govern(in DecisionRequest request, ref ClientState state, ClientHandle handle, ref DecisionRecord record)
    {
        var policy = request.Policy;
        state.IsGoverned = record.Arm is Arm.Model or Arm.Canary;
        record.Guarantee = policy.Envelope.Clamp(state.IsGoverned ? record.Prediction : policy.FallbackRate);
        record.EffectiveRate = record.Guarantee;
        if (record.Backend is not { } backend)
        {
            return;
        }

        if (float.IsNaN(state.SplitRate))
        {
            // The first request of a client decides before any split knows it.
            record.EffectiveRate = Math.Min(record.Guarantee, backend.Controller.ParentRate);
        }
        else
        {
            record.EffectiveRate = state.SplitRate;
            record.Guarantee = state.IsGoverned ? record.Guarantee : Math.Min(record.Guarantee, state.SplitRate);
        }

        state.Demand += request.CountsNothing ? 0 : (float)request.Cost;
        if (!state.IsInSplit)
        {
            state.IsInSplit = true;
            backend.Join(handle, request.ClientId);
        }
    }

    private void Settle(in DecisionRequest request, in ClientEntry entry, ref DecisionRecord record)
    {
        var policy = request.Policy;
        var kind = entry.Kind;
        ref var state = ref entry.State;
        record.RefillRate = InForce(request.Override, record.EffectiveRate);
        var limit = policy.LimitAt(record.RefillRate);
        record.Capacity = limit.Capacity;
        if (kind is EntryKind.New or EntryKind.NewOverflow)
        {
            state.Bucket = new TokenBucket(limit, limit.Capacity * policy.ColdStart, request.Now);
        }
        else
        {
            state.Bucket.Refill(limit, request.Now);
        }

        record.Leased = shared is not null && IsShared(request, entry, record);
        Judge(request, entry, limit, ref record);
        if (record.Allowed && request.Cost > 0 && record.DecidedBy != DecidedBy.List && record.Reason != DecisionReason.FailOpen && !request.TakesNothing)
        {
            Take(request.Cost, entry, ref record);
        }
        else if (!record.Allowed && !policy.Enforce)
        {
            record.Allowed = true;
            record.Reason = DecisionReason.ShadowPolicy;
        }

        record.Remaining = record.Leased ? Math.Max(0, entry.Slice.Tokens) + Math.Max(0, entry.Slice.RowTokens) : state.Bucket.Tokens;
        if (record.Allowed)
        {
            record.RetryAfter = TimeSpan.Zero;
        }
    }

    private static double InForce(Overrides.ActiveOverride? over, double rate) =>
        over is null || over.Deny ? rate : !double.IsNaN(over.RefillRate) ? over.RefillRate : rate * over.Factor;

    // A lease covers a client's guarantee. Whom only the parent governs has none, and parents are each replica's own.
    private bool IsShared(in DecisionRequest request, in ClientEntry entry, in DecisionRecord record)
    {
        if (entry.Kind is EntryKind.Overflow or EntryKind.NewOverflow || (record.Backend is not null && !entry.State.IsGoverned))
        {
            return false;
        }

        ref var slice = ref entry.Slice;
        slice.Limit = request.Policy.LimitAt(InForce(request.Override, record.Guarantee));
        if (!ReferenceEquals(slice.Key?.Policy, request.Policy))
        {
            slice.Key = new LeaseKey(request.Policy, slice.Key?.ClientUtf8 ?? request.ClientId.ToArray());
        }

        if (!slice.IsOpen)
        {
            slice.Open(shared!.Opening(request.Policy, slice.Limit.Capacity), shared.IsAway ? request.Now - SharedSlice.FreshFor : request.Now);
            shared.Opened(entry.Handle);
        }

        slice.Offered += request.CountsNothing ? 0 : request.Cost;
        return true;
    }

    // A client of a backend is also held to its part of the parent, which is this replica's own; any other only to the shared bucket.
    private static void Take(double cost, in ClientEntry entry, ref DecisionRecord record)
    {
        if (!record.Leased || record.Backend is not null)
        {
            entry.State.Bucket.Take(cost);
        }

        if (record.Leased)
        {
            entry.Slice.Take(cost);
        }

        record.Taken = cost;
    }

    private void Judge(in DecisionRequest request, in ClientEntry entry, in Limit limit, ref DecisionRecord record)
    {
        var policy = request.Policy;
        var cost = request.Cost > 0 ? request.Cost : policy.Cost;
        ref var bucket = ref entry.State.Bucket;
        if (!policy.Deny.IsEmpty && policy.Deny.Contains(request.ClientName, request.Address))
        {
            Throttle(ref record, DecidedBy.List, DecisionReason.DenyListed, TimeSpan.Zero);
        }
        else if (request.Override is { Deny: true })
        {
            Throttle(ref record, DecidedBy.Override, DecisionReason.OverrideDenied, TimeSpan.Zero);
        }
        else if (!policy.Allow.IsEmpty && policy.Allow.Contains(request.ClientName, request.Address))
        {
            Allow(ref record, DecidedBy.List, DecisionReason.AllowListed);
        }
        else if (request.Cost > (record.Leased ? shared!.Largest(policy, limit.Capacity) : limit.Capacity))
        {
            Throttle(ref record, DecidedBy.Bucket, DecisionReason.CostExceedsCapacity, TimeSpan.Zero);
        }
        else if ((!record.Leased || record.Backend is not null) && !bucket.Has(cost))
        {
            ThrottleEmpty(request, entry.Kind, ref record, bucket.TimeUntil(cost));
        }
        else if (record.Leased && !entry.Slice.Has(cost, request.Now))
        {
            MissSlice(request, ref entry.Slice, cost, ref record);
        }
        else if (record.Backend is { } backend && backend.Controller.IsAtCap(request.Cost))
        {
            Throttle(ref record, DecidedBy.Inflight, DecisionReason.InflightCap, InFlightRetry);
        }
        else
        {
            Allow(ref record, DecidedBy.Bucket, request.Cost > 0 ? DecisionReason.WithinLimit : DecisionReason.LookOnly);
        }
    }

    // Empty by the row's word, or nobody can say: then the policy's fail mode does.
    private static void MissSlice(in DecisionRequest request, ref SharedSlice slice, double cost, ref DecisionRecord record)
    {
        if (slice.IsStale(request.Now))
        {
            if (request.Policy.FailMode == FailMode.Open)
            {
                Allow(ref record, DecidedBy.Bucket, DecisionReason.FailOpen);
            }
            else
            {
                Throttle(ref record, DecidedBy.Bucket, DecisionReason.FailClosed, SharedSlice.FreshFor);
            }

            return;
        }

        slice.Wanted = Math.Max(slice.Wanted, cost);
        var missing = cost - Math.Max(0, slice.Tokens) - Math.Max(0, slice.RowTokens);
        var wait = missing > 0 ? slice.Limit.TimeToRefill(missing) : TimeSpan.Zero;
        ThrottleEmpty(request, EntryKind.Known, ref record, wait > RenewalWait ? wait : RenewalWait);
    }

    // Who is to blame for an empty bucket: whatever made the refill rate what it is.
    private static void ThrottleEmpty(in DecisionRequest request, EntryKind kind, ref DecisionRecord record, TimeSpan wait)
    {
        if (kind is EntryKind.Overflow or EntryKind.NewOverflow)
        {
            Throttle(ref record, DecidedBy.Bucket, DecisionReason.ClientTableFull, wait);
        }
        else if (request.Override is not null)
        {
            Throttle(ref record, DecidedBy.Override, DecisionReason.OverrideLimit, wait);
        }
        else if (record.Backend is not null && record.EffectiveRate < record.Guarantee)
        {
            Throttle(ref record, DecidedBy.Parent, DecisionReason.ParentEmpty, wait);
        }
        else
        {
            Throttle(ref record, DecidedBy.Bucket, DecisionReason.BucketEmpty, wait);
        }
    }

    private static void Allow(ref DecisionRecord record, DecidedBy by, DecisionReason reason)
    {
        record.Allowed = true;
        record.DecidedBy = by;
        record.Reason = reason;
    }

    private static void Throttle(ref DecisionRecord record, DecidedBy by, DecisionReason reason, TimeSpan retryAfter)
    {
        record.Allowed = false;
        record.DecidedBy = by;
        record.Reason = reason;
        record.RetryAfter = retryAfter;
        if (by is DecidedBy.Parent or DecidedBy.Inflight)
        {
            record.Backend!.Controller.Throttled();
        }
    }
}
