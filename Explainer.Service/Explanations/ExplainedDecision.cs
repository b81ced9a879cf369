using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>A decision and the SHAP values of its prediction: what is published, stored and looked up.</summary>
internal sealed record ExplainedDecision
{
    public required string RequestId { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }

    public required string ClientId { get; init; }

    public string Subnet { get; init; } = "";

    public required bool Allowed { get; init; }

    public required DecidedBy DecidedBy { get; init; }

    public required DecisionReason Reason { get; init; }

    public string Policy { get; init; } = "";

    public string Backend { get; init; } = "";

    /// <summary>tokens/s, unclamped: base value + Σ SHAP values.</summary>
    public required double Prediction { get; init; }

    /// <summary>tokens/s in force.</summary>
    public required double RefillRate { get; init; }

    public required double BaseValue { get; init; }

    /// <summary>tokens/s, in feature order.</summary>
    public required double[] Shap { get; init; }

    public required double[] Features { get; init; }

    public required string ModelVersion { get; init; }

    /// <summary>Whether that model governed the client; <see cref="Arm.None"/>: it is the first and only watched so far.</summary>
    public Arm Arm { get; init; } = Arm.Model;

    /// <summary>path_dependent or interventional.</summary>
    public required string Mode { get; init; }

    public string BackgroundId { get; init; } = "";

    /// <summary>Probability with which such a decision was explained.</summary>
    public double Sampled { get; init; } = 1;

    /// <summary>The record for topic <c>shap-values</c>.</summary>
    public ShapValues ToEvent(FeatureSchema schema) => new()
    {
        RequestId = RequestId,
        Timestamp = DecidedAt,
        ClientId = ClientId,
        Subnet = Subnet,
        Allowed = Allowed,
        DecidedBy = DecidedBy.Word(),
        Reason = Reason.Word(),
        Prediction = Prediction,
        RefillRate = RefillRate,
        BaseValue = BaseValue,
        Shap = Shap,
        Features = Features,
        FeatureNames = schema.Names,
        ModelVersion = ModelVersion,
        Arm = Arm.Word(),
        Mode = Mode,
        BackgroundId = BackgroundId,
        Sampled = Sampled,
    };

    /// <summary>The message of the gRPC API, with the sentence in plain words.</summary>
    public Explanation ToMessage(FeatureSchema schema)
    {
        var message = new Explanation
        {
            RequestId = RequestId,
            Timestamp = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(DecidedAt),
            ClientId = ClientId,
            Subnet = Subnet,
            Allowed = Allowed,
            DecidedBy = DecidedBy,
            Reason = Reason,
            Prediction = Prediction,
            RefillRate = RefillRate,
            BaseValue = BaseValue,
            ModelVersion = ModelVersion,
            Arm = Arm,
            Mode = Mode,
            BackgroundId = BackgroundId,
            Sampled = Sampled,
            Policy = Policy,
            Backend = Backend,
            Sentence = Sentence.For(this, schema),
        };
        message.Shap.Add(Shap);
        message.Features.Add(Features);
        message.FeatureNames.Add(schema.Names);
        return message;
    }
}
