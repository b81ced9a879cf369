using System.Runtime.CompilerServices;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>Makes a request's vector of what the caller gave: what only the Limiter knows is measured, what only the caller knows falls back on the policy.</summary>
internal sealed class FeatureCompletion(FeatureSchema schema, LimiterClock clock)
{
    /// <summary>Number of features of a vector.</summary>
    public int Count => schema.Count;

    /// <summary>Counts the request, fills its vector and notes what of the caller's was replaced.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Complete(in DecisionRequest request, ref ClientState state, ref DecisionRecord record)
    {
        var features = request.Features;
        var demand = request.Cost > 0 && !request.CountsNothing ? 1u : 0;
        var (requestRate, meanLatency) = state.Activity.CountRequests(demand, request.Now);
        var policy = request.Policy;
        Measure(features, FeatureSchema.RequestVolume, requestRate, policy, ref record);
        Measure(features, FeatureSchema.AverageLatency, LatencyOf(meanLatency, record.Backend), policy, ref record);
        Measure(features, FeatureSchema.HourOfDay, clock.Hour(request.Now), policy, ref record);
        var defaults = policy.FeatureDefaults;
        for (var i = 0; i < features.Length; i++)
        {
            var value = features[i];
            features[i] = FeatureSchema.Canonical(double.IsNaN(value) ? defaults[i] : value);
        }
    }

    // A caller's own value stands where the policy believes it.
    private static void Measure(Span<double> features, int feature, double measured, Policy policy, ref DecisionRecord record)
    {
        ref var value = ref features[feature];
        if (double.IsNaN(value))
        {
            value = measured;
        }
        else if (!policy.TrustCallerFeatures)
        {
            record.IgnoredFeatures |= 1UL << feature;
            value = measured;
        }
    }

    // A client that no outcome is known of is taken to be as its backend's others.
    private static double LatencyOf(double own, Backend? backend)
    {
        if (!double.IsNaN(own))
        {
            return own;
        }

        var others = backend?.Controller.MeanLatencySeconds ?? 0;
        return double.IsNaN(others) ? 0 : others;
    }
}
