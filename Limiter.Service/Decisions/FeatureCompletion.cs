using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>Makes a request's vector of what the caller gave: what only the Limiter knows is measured, what only the caller knows falls back on the policy.</summary>
internal sealed class FeatureCompletion(FeatureSchema schema, LimiterClock clock)
{
    /// <summary>Number of features of a vector.</summary>
    public int Count => schema.Count;

    /// <summary>Fills the request's vector and notes what of the caller's was replaced.</summary>
    public void Complete(in DecisionRequest request, ref ClientState state, ref DecisionRecord record)
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
}
