using System.Net;
using Google.Protobuf.Collections;
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
    /// <summary>Fills in an answer, whatever another decision has left in it.</summary>
    public static void Fill(DecideResponse response, string requestId, Policy policy, in DecisionRecord record, FeatureSchema schema)
    {
        response.Allowed = record.Allowed;
        response.Remaining = record.Remaining;
        response.Limit = record.Capacity;
        response.RefillRate = record.RefillRate;
        response.ModelVersion = record.Model?.Version ?? "";
        response.RequestId = requestId;
        response.Reason = record.Reason;
        response.DecidedBy = record.DecidedBy;
        response.Policy = policy.Name;
        response.RetryAfter = record.RetryAfter > TimeSpan.Zero ? Duration.FromTimeSpan(record.RetryAfter) : null;
        if (double.IsNaN(record.Prediction))
        {
            response.ClearPrediction();
        }
        else
        {
            response.Prediction = record.Prediction;
        }

        response.IgnoredFeatures.Clear();
        for (var i = 0; record.IgnoredFeatures >> i != 0; i++)
        {
            if ((record.IgnoredFeatures >> i & 1) != 0)
            {
                response.IgnoredFeatures.Add(schema.Names[i]);
            }
        }
    }

    /// <summary>Fills in an event, whatever another decision has left in it; its number in the sequence comes later.</summary>
    public static void Fill(
        Decision decision, DecideRequest request, string requestId, IPAddress? address, Policy policy, in DecisionRecord record, ReadOnlySpan<double> features,
        long unixMicroseconds)
    {
        decision.RequestId = requestId;
        decision.DecidedAtUs = unixMicroseconds;
        decision.ClientId = request.ClientId;
        decision.Subnet = address is null ? "" : Subnets.Of(request.ClientIp);
        decision.Policy = policy.Name;
        decision.Backend = policy.Backend;
        decision.Cost = record.Cost;
        decision.Attempt = request.Attempt;
        decision.Allowed = record.Allowed;
        decision.Reason = record.Reason;
        decision.DecidedBy = record.DecidedBy;
        decision.Guarantee = record.Guarantee;
        decision.RefillRate = record.RefillRate;
        decision.EffectiveRate = record.EffectiveRate;
        decision.Tokens = record.Remaining;
        decision.Weight = policy.Weight;
        decision.ModelVersion = record.Model?.Version ?? "";
        decision.Arm = record.Arm;
        decision.Probe = record.IsProbe;
        decision.Dither = record.Dither.Factor();
        decision.Propensity = record.Propensity;
        decision.BesideVersion = record.Beside?.Version ?? "";
        Fill(decision.Features, features);
        if (double.IsNaN(record.Prediction))
        {
            decision.ClearPrediction();
        }
        else
        {
            decision.Prediction = record.Prediction;
        }

        if (double.IsNaN(record.BesidePrediction))
        {
            decision.ClearBesidePrediction();
        }
        else
        {
            decision.BesidePrediction = record.BesidePrediction;
        }
    }

    /// <summary>An event of its own, for whoever keeps it.</summary>
    public static Decision ToEvent(
        DecideRequest request, string requestId, IPAddress? address, Policy policy, in DecisionRecord record, ReadOnlySpan<double> features, long unixMicroseconds)
    {
        var decision = new Decision();
        Fill(decision, request, requestId, address, policy, record, features, unixMicroseconds);
        return decision;
    }

    private static void Fill(RepeatedField<double> values, ReadOnlySpan<double> features)
    {
        values.Clear();   // Keeps the room that there is.
        values.Capacity = Math.Max(values.Capacity, features.Length);
        foreach (var feature in features)
        {
            values.Add(feature);
        }
    }
}
