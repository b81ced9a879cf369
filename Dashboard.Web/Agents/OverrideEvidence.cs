using System.Globalization;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>Turns the request ids that an agent names into evidence: the SHAP values as the Explainer has them, not as the agent says.</summary>
/// <remarks>Explanations are dropped after their retention; what is written into the audit log stays.</remarks>
internal sealed class OverrideEvidence(AgentCalls calls)
{
    private const int ReasonMax = 500;
    private const int RequestsMax = 20;
    private const int FeaturesShown = 3;

    /// <summary>The reason with the evidence behind it.</summary>
    /// <exception cref="RpcException">A request is not explained, or the request is out of range.</exception>
    public async Task<string> JustifyAsync(OverrideRequest request, CancellationToken cancellation)
    {
        Check(request.Reason.Length is > 0 and <= ReasonMax, $"reason has {request.Reason.Length} characters; it must have 1..{ReasonMax}.");
        Check(request.RequestIds.Count <= RequestsMax, $"request_ids has {request.RequestIds.Count} ids; it may have {RequestsMax}.");
        Check((request.ClientId is { Length: > 0 }) != (request.Subnet is { Length: > 0 }), "one of client_id and subnet must be named.");
        Check((request.Deny ? 1 : 0) + (request.Factor is null ? 0 : 1) + (request.RefillRate is null ? 0 : 1) == 1, "one of factor, refill_rate and deny must be named.");
        var found = await Task.WhenAll(request.RequestIds.Distinct().Select(id => calls.FindAsync(id, cancellation)));
        return found.Length == 0 ? request.Reason : $"{request.Reason}\nEvidence, φ in tokens/s:\n{string.Join('\n', found.Select(Line))}";
    }

    // The features that say most; the whole vector is at its explanation for as long as that is kept.
    private static string Line(Explanation explanation)
    {
        var ordered = explanation.FeatureNames.Zip(explanation.Shap).OrderByDescending(p => Math.Abs(p.Second)).Take(FeaturesShown);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{explanation.RequestId}: {string.Join(", ", ordered.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.First} {p.Second:+0.###;-0.###;0}")))} ({explanation.ModelVersion})");
    }

    private static void Check(bool isGood, string problem)
    {
        if (!isGood)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
        }
    }
}
