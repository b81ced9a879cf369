using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;

namespace RateLimitSuite.Limiter.Experiments;

/// <summary>Lets a small share of the requests that an empty bucket throttles go on, drawn by chance: nothing else shows without bias whether they would have worked.</summary>
/// <remarks>
/// A probe's cost is a debt of its client's bucket, which refills pay before anything else passes; a bucket in debt is not probed again, so a
/// client never owes more than one probe. Never drawn for what a list, an override, the cap or a cost over the capacity refuses, nor for
/// clients of high risk, held out or in a canary, nor where no outcome could ever be reported: without a request id.
/// </remarks>
internal sealed class ProbeDraw(ExperimentKey key)
{
    private const double RiskMax = 0.8;

    // What refills and costs leave of nothing by rounding.
    private const double Slack = 1e-9;

    /// <summary>Makes a probe of a throttled request, or leaves it throttled.</summary>
    /// <returns>Whether it goes on.</returns>
    public bool TryAdmit(in DecisionRequest request, in ClientEntry entry, ref DecisionRecord record)
    {
        if (record.Backend is not { } backend || !IsEligible(request, entry, backend, record))
        {
            return false;
        }

        var share = request.Policy.Probes;
        backend.Probes.Expect(share * request.Cost);
        var propensity = share * backend.Probes.Scale;
        if (key.ProbePoint(request.RequestId) >= propensity || !backend.Probes.TrySpend(request.Cost, request.Now))
        {
            return false;
        }

        record.Allowed = true;
        record.Reason = DecisionReason.Probe;
        record.IsProbe = true;
        record.Propensity = propensity;
        return true;
    }

    private static bool IsEligible(in DecisionRequest request, in ClientEntry entry, Backend backend, in DecisionRecord record) =>
        record.Reason is DecisionReason.BucketEmpty or DecisionReason.ParentEmpty
        && request is { Cost: > 0, TakesNothing: false, CountsNothing: false, RequestId.Length: > 0, Override: null }
        && record.Arm is not (Arm.Holdout or Arm.Canary)
        && request.Features[FeatureSchema.ClientRisk] <= RiskMax
        && !Owes(entry, record)
        && !request.Policy.IsHeldOut(request.ClientId)
        && !backend.Controller.IsAtCap(request.Cost, request.Policy.Reserve > 0);

    private static bool Owes(in ClientEntry entry, in DecisionRecord record) =>
        entry.State.Bucket.Tokens < -Slack || (record.Leased && entry.Slice.Tokens < -Slack);
}
