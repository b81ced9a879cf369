using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Overrides;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>From prediction to rate: the client's own, or its part of what the backend has.</summary>
internal static class RateGovernor
{
    /// <summary>Sets guarantee and effective rate, and tells the backend's split of the request.</summary>
    public static void Govern(in DecisionRequest request, in ClientEntry entry, ref DecisionRecord record)
    {
        var policy = request.Policy;
        ref var state = ref entry.State;
        state.IsGoverned = record.Arm is Arm.Model or Arm.Canary;
        record.Guarantee = policy.Envelope.Clamp(state.IsGoverned ? record.Prediction : policy.FallbackRate);
        record.EffectiveRate = record.Guarantee;
        if (record.Backend is { } backend)
        {
            TakePart(request, entry, backend, ref record);
        }
    }

    /// <summary>Nothing is known of this client and nothing can be kept: all such clients share one bucket at the fallback rate.</summary>
    public static void GovernOverflow(in DecisionRequest request, ref DecisionRecord record)
    {
        record.Guarantee = request.Policy.Envelope.Clamp(request.Policy.FallbackRate);
        record.EffectiveRate = record.Guarantee;
    }

    /// <summary>A rate as an operator's override leaves it.</summary>
    public static double InForce(ActiveOverride? over, double rate) =>
        over is null || over.Deny ? rate : !double.IsNaN(over.RefillRate) ? over.RefillRate : rate * over.Factor;

    /// <summary>The rate in force: the effective one as chance and an operator's override leave it.</summary>
    public static double InForce(in DecisionRequest request, in DecisionRecord record) =>
        record.Dither == DitherStep.None ? InForce(request.Override, record.EffectiveRate) : record.EffectiveRate * record.Dither.Factor();

    private static void TakePart(in DecisionRequest request, in ClientEntry entry, Backend backend, ref DecisionRecord record)
    {
        ref var state = ref entry.State;
        ref var split = ref entry.Split;
        if (split.Rate == 0)
        {
            // The first request of a client decides before any split knows it.
            record.EffectiveRate = Math.Min(record.Guarantee, backend.Controller.ParentRate);
        }
        else
        {
            record.EffectiveRate = split.Rate;
            record.Guarantee = state.IsGoverned ? record.Guarantee : Math.Min(record.Guarantee, split.Rate);
        }

        // Chance moves nobody whom an operator, the hold-out or a canary has decided about.
        if (split.Dither != DitherStep.None && request.Override is null && record.Arm is not (Arm.Holdout or Arm.Canary))
        {
            record.Dither = split.Dither;
            record.Propensity = (double)split.DitherPropensity;
        }

        split.Arm = record.Arm;
        split.Weight = (float)SplitWeight.Of(request.Policy.Weight, request.Features[FeatureSchema.ClientRisk]);
        split.Demand += request.CountsNothing ? 0 : (float)request.Cost;
        if (!state.IsInSplit)
        {
            state.IsInSplit = true;
            backend.Join(entry.Handle, request.ClientId);
        }
    }
}
