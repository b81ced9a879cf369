using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Tests.Explanations;

public sealed class RecentExplanationsTests
{
    [Fact]
    public void Add_OverCapacity_ForgetsTheOldest()
    {
        var recent = new RecentExplanations(2);
        foreach (var id in new[] { "a", "b", "c" })
        {
            recent.Add(Explanation(id));
        }

        Assert.Null(recent.Find("a"));
        Assert.NotNull(recent.Find("c"));
        Assert.Equal(["c", "b"], recent.Newest(5).Select(e => e.RequestId));
    }

    [Fact]
    public void Add_SameIdAgain_KeepsTheNewerWhenTheOlderAgesOut()
    {
        var recent = new RecentExplanations(2);
        recent.Add(Explanation("a"));
        var newer = Explanation("a");
        recent.Add(newer);
        recent.Add(Explanation("b"));
        Assert.Same(newer, recent.Find("a"));
    }

    private static ExplainedDecision Explanation(string id) => new()
    {
        RequestId = id, DecidedAt = DateTimeOffset.UnixEpoch, ClientId = "c", Allowed = true, DecidedBy = DecidedBy.Bucket,
        Reason = DecisionReason.WithinLimit, Prediction = 1, RefillRate = 1, BaseValue = 1, Shap = [], Features = [], ModelVersion = "m", Mode = "path_dependent",
    };
}
