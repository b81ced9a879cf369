using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Decisions;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>What the metadata says of a descriptor under a policy of the file.</summary>
internal sealed class AdaptiveMetadata
{
    private readonly Value _refillRate = Value.ForNumber(0);
    private readonly Value _modelVersion = Value.ForString("");
    private readonly Value _reason = Value.ForString("");
    private readonly Value _decidedBy = Value.ForString("");

    public AdaptiveMetadata() => Fields = new Struct
    {
        Fields = { ["refill_rate"] = _refillRate, ["model_version"] = _modelVersion, ["reason"] = _reason, ["decided_by"] = _decidedBy },
    };

    /// <summary>The fields; the same ones, whatever they are filled with.</summary>
    public Struct Fields { get; }

    /// <summary>Fills the fields in.</summary>
    public void Fill(in DecisionRecord record)
    {
        _refillRate.NumberValue = record.RefillRate;
        _modelVersion.StringValue = record.Model?.Version ?? "";
        _reason.StringValue = record.Reason.Word();
        _decidedBy.StringValue = record.DecidedBy.Word();
    }
}
