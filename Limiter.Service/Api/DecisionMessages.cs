using System.Net;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Api;

/// <summary>A decision as the messages of the protocol.</summary>
internal static class DecisionMessages
{
    public static DecideResponse ToResponse(string requestId, Policy policy, in DecisionRecord record, FeatureSchema schema)
    {
        var response = new DecideResponse
        {
            Allowed = record.Allowed,
            Remaining = record.Remaining,
            Limit = record.Capacity,
            RefillRate = record.RefillRate,
            ModelVersion = record.Model?.Version ?? "",
            RequestId = requestId,
            Reason = record.Reason,
            DecidedBy = record.DecidedBy,
            Policy = policy.Name,
        };
        if (record.RetryAfter > TimeSpan.Zero)
        {
            response.RetryAfter = Duration.FromTimeSpan(record.RetryAfter);
        }

        if (!double.IsNaN(record.Prediction))
        {
            response.Prediction = record.Prediction;
        }

        for (var i = 0; record.IgnoredFeatures >> i != 0; i++)
        {
            if ((record.IgnoredFeatures >> i & 1) != 0)
            {
                response.IgnoredFeatures.Add(schema.Names[i]);
            }
        }

        return response;
    }

    public static Decision ToEvent(
        DecideRequest request, string requestId, IPAddress? address, Policy policy, in DecisionRecord record, ReadOnlySpan<double> features, long unixMicroseconds)
    {
        var decision = new Decision
        {
            RequestId = requestId,
            DecidedAtUs = unixMicroseconds,
            ClientId = request.ClientId,
            Subnet = address is null ? "" : Subnets.Of(request.ClientIp),
            Policy = policy.Name,
            Backend = policy.Backend,
            Cost = record.Cost,
            Attempt = request.Attempt,
            Allowed = record.Allowed,
            Reason = record.Reason,
            DecidedBy = record.DecidedBy,
            Guarantee = record.Guarantee,
            RefillRate = record.RefillRate,
            EffectiveRate = record.EffectiveRate,
            Tokens = record.Remaining,
            Weight = policy.Weight,
            ModelVersion = record.Model?.Version ?? "",
            Arm = record.Arm,
            Probe = record.IsProbe,
            Dither = record.Dither.Factor(),
            Propensity = record.Propensity,
            BesideVersion = record.Beside?.Version ?? "",
        };
        decision.Features.Capacity = features.Length;
        foreach (var feature in features)
        {
            decision.Features.Add(feature);
        }

        if (!double.IsNaN(record.Prediction))
        {
            decision.Prediction = record.Prediction;
        }

        if (!double.IsNaN(record.BesidePrediction))
        {
            decision.BesidePrediction = record.BesidePrediction;
        }

        return decision;
    }
}
