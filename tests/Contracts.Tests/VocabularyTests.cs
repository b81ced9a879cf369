using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Contracts.Tests;

public sealed class VocabularyTests
{
    [Fact]
    public void Word_OfTheProtocol_IsLowerCaseWithUnderscores()
    {
        Assert.Equal("bucket_empty", DecisionReason.BucketEmpty.Word());
        Assert.Equal(["bucket", "parent", "inflight", "override", "list"],
            new[] { DecidedBy.Bucket, DecidedBy.Parent, DecidedBy.Inflight, DecidedBy.Override, DecidedBy.List }.Select(by => by.Word()));
        Assert.Equal(["model", "holdout", "canary", "shadow", "none"],
            new[] { Arm.Model, Arm.Holdout, Arm.Canary, Arm.Shadow, Arm.None }.Select(arm => arm.Word()));
        Assert.Equal("client_error", OutcomeClass.ClientError.Word());
    }

    [Fact]
    public void Word_OfANewerPeer_IsUnspecified()
    {
        Assert.Equal("unspecified", ((DecisionReason)999).Word());
        Assert.Equal("unknown", ((Verdict)999).Word());
    }

    [Theory]
    [InlineData(DecidedBy.Bucket, false, "Throttled by the client's bucket")]
    [InlineData(DecidedBy.Parent, false, "Throttled by the backend's parent bucket, not by the model")]
    [InlineData(DecidedBy.Override, true, "Allowed by the override, not by the model")]
    public void Headline_WhatDecided_BlamesTheModelOnlyForTheBucket(DecidedBy by, bool allowed, string headline) => Assert.Equal(headline, by.Headline(allowed));
}
