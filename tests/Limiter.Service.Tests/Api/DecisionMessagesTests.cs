using System.Net;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>Messages are filled in again and again: nothing of one decision may show in the next.</summary>
public sealed class DecisionMessagesTests
{
    private static readonly Policy Bare = new() { Name = "bare", Domain = "default" };
    private static readonly Policy Full = new() { Name = "full", Domain = "default", Backend = "origin", Weight = 3 };

    [Fact]
    public void FillEvent_AfterAFullerDecision_EqualsAFreshOne()
    {
        var (used, fresh) = (new Decision(), new Decision());
        FillFull(used);
        var features = new double[] { 1, 2, 3, 4, 5, 6 };

        DecisionMessages.Fill(used, new DecideRequest { ClientId = "b" }, "second", null, Bare, DecisionRecord.Empty, features, 7);
        DecisionMessages.Fill(fresh, new DecideRequest { ClientId = "b" }, "second", null, Bare, DecisionRecord.Empty, features, 7);

        Assert.Equal(fresh, used);
        Assert.False(used.HasPrediction || used.HasBesidePrediction);
    }

    // Whoever adds a field to the event must fill it in, or it keeps what another client's decision has left.
    [Fact]
    public void FillEvent_EveryFieldButTheSequenceNumber_IsSetAnew()
    {
        var decision = new Decision();
        foreach (var field in Decision.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsRepeated))
        {
            field.Accessor.SetValue(decision, Dirty(field));
        }

        DecisionMessages.Fill(decision, new DecideRequest { ClientId = "c" }, "r", null, Bare, DecisionRecord.Empty, [], 1);
        var fresh = new Decision();
        DecisionMessages.Fill(fresh, new DecideRequest { ClientId = "c" }, "r", null, Bare, DecisionRecord.Empty, [], 1);
        fresh.Seq = decision.Seq;   // not a matter of the decision

        Assert.Equal(fresh, decision);
    }

    [Fact]
    public void FillResponse_AfterAFullerDecision_EqualsAFreshOne()
    {
        var (used, fresh) = (new DecideResponse(), new DecideResponse());
        var full = DecisionRecord.Empty;
        (full.Prediction, full.RetryAfter, full.IgnoredFeatures, full.RefillRate) = (5, TimeSpan.FromSeconds(2), 0b1001, 9);
        DecisionMessages.Fill(used, "first", Full, full, FeatureSchema.V1);
        Assert.Equal(["request_volume", "hour_of_day"], used.IgnoredFeatures);

        DecisionMessages.Fill(used, "second", Bare, DecisionRecord.Empty, FeatureSchema.V1);
        DecisionMessages.Fill(fresh, "second", Bare, DecisionRecord.Empty, FeatureSchema.V1);

        Assert.Equal(fresh, used);
    }

    private static void FillFull(Decision decision)
    {
        var record = DecisionRecord.Empty;
        (record.Prediction, record.BesidePrediction, record.Allowed, record.Arm, record.Cost) = (5, 6, true, Arm.Canary, 4);
        DecisionMessages.Fill(
            decision, new DecideRequest { ClientId = "a", ClientIp = "10.1.2.3", Attempt = 2 }, "first", IPAddress.Parse("10.1.2.3"), Full, record,
            [9, 9, 9, 9, 9, 9, 9], 5);
    }

    private static object Dirty(Google.Protobuf.Reflection.FieldDescriptor field) => field.FieldType switch
    {
        Google.Protobuf.Reflection.FieldType.String => "dirt",
        Google.Protobuf.Reflection.FieldType.Bool => true,
        Google.Protobuf.Reflection.FieldType.Double => 77.0,
        Google.Protobuf.Reflection.FieldType.UInt32 => 77U,
        Google.Protobuf.Reflection.FieldType.UInt64 => 77UL,
        Google.Protobuf.Reflection.FieldType.Int64 => 77L,
        Google.Protobuf.Reflection.FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, 2),
        _ => throw new NotSupportedException($"{field.Name} is a {field.FieldType}: teach this test."),
    };
}
