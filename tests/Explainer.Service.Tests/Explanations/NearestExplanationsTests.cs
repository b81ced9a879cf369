using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Tests.Explanations;

public sealed class NearestExplanationsTests
{
    [Fact]
    public void Of_Candidates_OrdersByDistanceOfShapValues()
    {
        var asked = Explained("asked", [0, 0]);

        // Distances: 5 (3-4-5), 1, 2.
        var nearest = NearestExplanations.Of(asked, [Explained("far", [3, 4]), Explained("near", [1, 0]), asked, Explained("middle", [0, -2])], 2);

        Assert.Equal([(1, "near"), (2, "middle")], nearest.Select(n => (n.Distance, n.Explanation.RequestId)));
    }

    [Fact]
    public void Of_OtherModelOrMode_IsLeftOut()
    {
        var asked = Explained("asked", [0, 0]);

        Assert.Empty(NearestExplanations.Of(asked, [asked with { RequestId = "a", ModelVersion = "other" }, asked with { RequestId = "b", Mode = ShapModes.Interventional }], 5));
    }

    internal static ExplainedDecision Explained(string id, double[] shap) => new()
    {
        RequestId = id, DecidedAt = DateTimeOffset.UnixEpoch, ClientId = "c", Allowed = false, DecidedBy = DecidedBy.Bucket, Reason = DecisionReason.BucketEmpty,
        Prediction = 20 + shap.Sum(), RefillRate = 20, BaseValue = 20, Shap = shap, Features = new double[shap.Length], ModelVersion = "m", Mode = ShapModes.PathDependent,
    };
}
