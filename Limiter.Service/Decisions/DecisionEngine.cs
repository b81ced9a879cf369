using System.Diagnostics;
using System.Runtime.CompilerServices;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>The hot path: features, prediction, rate and bucket of one request, under its client's lock and no other.</summary>
/// <remarks>Free of I/O and of clocks: the request carries its time. Allocates nothing but for a client that is new. Here is the order of the
/// steps, and what is taken; each step is its own type.</remarks>
internal sealed class DecisionEngine(
    ClientTable clients, ModelHolder models, BackendDirectory backends, FeatureSchema schema, LimiterClock clock, ExperimentKey key,
    SharedBuckets? shared = null)
{
    private readonly FeatureCompletion _features = new(schema, clock);
    private readonly ModelChoice _models = new(models);
    private readonly BucketJudge _judge = new(shared);
    private readonly ProbeDraw _probes = new(key);
    private readonly SliceDesk? _slices = shared is null ? null : new SliceDesk(shared);

    /// <summary>Number of features of a request's vector.</summary>
    public int FeatureCount => _features.Count;

    /// <summary>Whether there are so many clients that their states come from memory and not from a cache.</summary>
    public bool IsLarge => clients.IsLarge;

    /// <summary>Tells that a client's request is about to be decided: its state comes from memory while the caller does something else.</summary>
    /// <param name="clientId">The client's id.</param>
    /// <param name="policy">The policy that will apply.</param>
    /// <returns>The client, for the request.</returns>
    /// <remarks>Decides and changes nothing, waits for nobody. Pays where a clock is read or a message looked at in between.</remarks>
    public ClientHandle Expect(ReadOnlySpan<byte> clientId, Policy policy) => clients.ExpectState(ClientFingerprint.Of(clientId, policy.Number));

    /// <summary>Tells that a client's request is about to be decided: what finds its state comes from memory while others are told of.</summary>
    /// <param name="clientId">The client's id.</param>
    /// <param name="policy">The policy that will apply.</param>
    /// <returns>What <see cref="ExpectState"/> takes.</returns>
    /// <remarks>Decides and changes nothing, waits for nobody. Pays where several are told of before the first is decided.</remarks>
    public ClientFingerprint ExpectIndex(ReadOnlySpan<byte> clientId, Policy policy) => clients.ExpectIndex(clientId, policy.Number);

    /// <summary>The state itself comes from memory, after <see cref="ExpectIndex"/> of all.</summary>
    /// <returns>The client, for the request.</returns>
    public ClientHandle ExpectState(ClientFingerprint client) => clients.ExpectState(client);

    /// <summary>Decides, and takes the tokens if the request may go on.</summary>
    /// <param name="request">The question.</param>
    /// <param name="record">Receives the answer; <see cref="DecisionRecord.Empty"/> before.</param>
    public void Decide(in DecisionRequest request, ref DecisionRecord record)
    {
        Debug.Assert(request.Features.Length == schema.Count && request.Cost >= 0);
        Debug.Assert(record.Model is null && record.Backend is null && double.IsNaN(record.Prediction));
        record.Cost = request.Cost;
        if (request.Policy.Backend.Length > 0)
        {
            record.Backend = backends.Find(request.Policy.Backend);
        }

        var client = request.Client.Client == default ? Expect(request.ClientId, request.Policy) : request.Client;
        using var entry = clients.Enter(client, request.Policy.Number, request.Now);
        record.Client = entry.Handle;
        ref var state = ref entry.State;
        _features.Complete(request, ref state, ref record);
        if (entry.Kind is EntryKind.Overflow or EntryKind.NewOverflow)
        {
            RateGovernor.GovernOverflow(request, ref record);
        }
        else
        {
            _models.Predict(request, ref state, ref record);
            RateGovernor.Govern(request, entry, ref record);
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

        if (_slices is not null && entry.Slice.Key is not null)
        {
            return _slices.Adjust(entry, tokens, now);
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Settle(in DecisionRequest request, in ClientEntry entry, ref DecisionRecord record)
    {
        var policy = request.Policy;
        ref var state = ref entry.State;
        record.RefillRate = RateGovernor.InForce(request, record);
        var limit = policy.LimitAt(record.RefillRate);
        record.Capacity = limit.Capacity;
        if (entry.Kind is EntryKind.New or EntryKind.NewOverflow)
        {
            state.Bucket = new TokenBucket(limit, limit.Capacity * policy.ColdStart, request.Now);
        }
        else
        {
            state.Bucket.Refill(limit, request.Now);
        }

        record.Leased = _slices is not null && _slices.TryReady(request, entry, record);
        _judge.Judge(request, entry, limit, ref record);
        if (record.Allowed && request.Cost > 0 && record.DecidedBy != DecidedBy.List && record.Reason != DecisionReason.FailOpen && !request.TakesNothing)
        {
            Take(request.Cost, entry, ref record);
        }
        else if (!record.Allowed && !policy.Enforce)
        {
            record.Allowed = true;
            record.Reason = DecisionReason.ShadowPolicy;
        }
        else if (!record.Allowed && policy.Probes > 0 && _probes.TryAdmit(request, entry, ref record))
        {
            Charge(request.Cost, entry, ref record);
        }

        if (record.DecidedBy == DecidedBy.List)
        {
            (record.Dither, record.Propensity) = (DitherStep.None, 0);   // The rate, whatever it is, decided nothing.
        }

        if (state.IsInSplit && record.Backend is not null && !request.CountsNothing)
        {
            TellSplit(request, ref entry.Split, record);
        }

        record.Remaining = record.Leased ? Math.Max(0, entry.Slice.Tokens) + Math.Max(0, entry.Slice.RowTokens) : state.Bucket.Tokens;
        if (record.Allowed)
        {
            record.RetryAfter = TimeSpan.Zero;
        }
    }

    // Whom a list or an operator decided about says nothing for or against the model.
    private static void TellSplit(in DecisionRequest request, ref ClientSplit split, in DecisionRecord record)
    {
        split.Admitted += record.Allowed ? (float)request.Cost : 0;
        if (record.DecidedBy == DecidedBy.List || request.Override is not null)
        {
            split.Arm = Arm.Unspecified;
        }
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

    // What a probe costs is a debt wherever it would have been taken.
    private static void Charge(double cost, in ClientEntry entry, ref DecisionRecord record)
    {
        if (!record.Leased || record.Backend is not null)
        {
            entry.State.Bucket.Charge(cost);
        }

        if (record.Leased)
        {
            entry.Slice.Take(cost);
        }

        record.Taken = cost;
    }
}
