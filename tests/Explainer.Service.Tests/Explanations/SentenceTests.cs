using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Tests.Explanations;

public sealed class SentenceTests
{
    private static readonly ExplainedDecision Throttled = new()
    {
        RequestId = "r", DecidedAt = DateTimeOffset.UnixEpoch, ClientId = "c", Allowed = false,
        DecidedBy = DecidedBy.Bucket, Reason = DecisionReason.BucketEmpty, Policy = "default", Backend = "shop",
        Prediction = 20, RefillRate = 20, BaseValue = 70, Shap = [0, 0, -35.8, 0, 0, -14.2], Features = [1, 0, 0.9, 3, 0, 0.12],
        ModelVersion = "m1", Mode = ShapModes.PathDependent,
    };

    [Fact]
    public void For_BucketDecided_NamesTheLargestSharesInOrder() => Assert.Equal(
        "throttled: the client's bucket was empty, refilled at 20.0 tokens/s; the model gave 20.0 tokens/s where 70.0 tokens/s is usual: "
        + "client_risk 0.9 took 35.8 tokens/s off the refill rate, ip_reputation 0.12 took 14.2 tokens/s off the refill rate.",
        Sentence.For(Throttled, FeatureSchema.V1));

    [Theory]
    [InlineData(DecidedBy.Parent, DecisionReason.ParentEmpty, "throttled: backend shop had no tokens left for any client.")]
    [InlineData(DecidedBy.Inflight, DecisionReason.InflightCap, "throttled: backend shop had too many requests in flight.")]
    [InlineData(DecidedBy.List, DecisionReason.DenyListed, "throttled: the client is on the deny list of policy default.")]
    [InlineData(DecidedBy.Override, DecisionReason.OverrideDenied, "throttled: an operator's override denies the client.")]
    [InlineData(DecidedBy.Bucket, DecisionReason.CostExceedsCapacity, "throttled: the request costs more tokens than the bucket can hold.")]
    public void For_SomethingElseDecided_BlamesNoFeature(DecidedBy by, DecisionReason reason, string sentence) =>
        Assert.Equal(sentence, Sentence.For(Throttled with { DecidedBy = by, Reason = reason }, FeatureSchema.V1));

    [Theory]
    [InlineData(Arm.None, "the first model, which is only watched so far, would have given 20.0 tokens/s.")]
    [InlineData(Arm.Shadow, "the model, which is only watched, would have given 20.0 tokens/s.")]
    [InlineData(Arm.Holdout, "the model, which clients held out are not governed by, would have given 20.0 tokens/s.")]
    public void For_ModelThatDidNotGovern_BlamesNoFeature(Arm arm, string end) => Assert.Equal(
        $"throttled: the client's bucket was empty, refilled at 20.0 tokens/s; {end}", Sentence.For(Throttled with { Arm = arm }, FeatureSchema.V1));

    [Fact]
    public void For_NoShareWorthAWord_SaysSo() => Assert.EndsWith("and no feature stood out.",
        Sentence.For(Throttled with { Shap = [0, 0, 0.1, 0, 0, 0] }, FeatureSchema.V1), StringComparison.Ordinal);

    [Fact]
    public void For_EveryReason_HasWordsOfItsOwn()
    {
        var reasons = Enum.GetValues<DecisionReason>().Where(r => r != DecisionReason.Unspecified);
        var sentences = reasons.Select(r => Sentence.For(Throttled with { Reason = r, DecidedBy = DecidedBy.List }, FeatureSchema.V1)).ToList();
        Assert.Equal(sentences.Count, sentences.Distinct().Count());
        Assert.DoesNotContain(sentences, s => s.Contains("decided by", StringComparison.Ordinal));
    }
}
