using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer;

/// <summary>The trainer's records as messages.</summary>
internal static class ProtoMapping
{
    public static Timestamp ToProto(this DateTimeOffset at) => Timestamp.FromDateTimeOffset(at);

    public static TrainingProgress ToProto(this RunStep step) => new()
    {
        RunId = step.RunId, Step = step.Step, Fraction = step.Fraction, Message = step.Message, At = step.At.ToProto(), ModelVersion = step.Version,
        Elapsed = Duration.FromTimeSpan(step.Elapsed),
    };

    public static ModelInfo ToProto(this ModelRecord record, Serving serving) => new()
    {
        Version = record.Version, Sha256 = record.Sha256, State = record.State, CreatedAt = record.CreatedAt.ToProto(), ParentVersion = record.ParentVersion,
        Kind = record.Kind, Reason = record.Reason, SchemaHash = record.SchemaHash, DataHash = record.DataHash, Rows = (ulong)record.Rows,
        Bytes = (ulong)record.Bytes, Mae = record.Mae ?? 0, ViolationRate = record.ViolationRate ?? 0, RidgeMae = record.RidgeMae ?? 0,
        ParametersJson = record.ParametersJson, MetricsJson = record.MetricsJson, RejectedBecause = record.RejectedBecause,
        Share = record.Version == serving.Challenger ? serving.Share : 0,
    };

    public static GateResult ToProto(this GateOutcome gate) => new()
    {
        Gate = gate.Gate, Passed = gate.Passed, NumbersJson = gate.NumbersJson, Message = gate.Message,
    };

    public static HistoryEntry ToProto(this HistoryRecord entry) => new()
    {
        Number = entry.Number, At = entry.At.ToProto(), Event = entry.Event, Version = entry.Version, Actor = entry.Actor, Reason = entry.Reason,
        Hash = entry.Hash, PreviousHash = entry.PreviousHash,
    };
}
